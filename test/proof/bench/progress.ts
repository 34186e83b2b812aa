import type { WriteStream } from 'node:tty';

/** Says what is being done. */
export type Progress = (text: string) => void;

/** One line that is written over on a terminal; elsewhere one line per step would only fill a log, so nothing. */
export const progressOn = (stream: WriteStream): { progress: Progress; done(): void } => {
  const begin = performance.now();
  const show = (text: string): void => {
    if (stream.isTTY) stream.write(`\r\x1b[2K${text}`);
  };
  return {
    progress: (text) => show(`${Math.round((performance.now() - begin) / 1000)} s  ${text}`),
    done: () => show(''),
  };
};
