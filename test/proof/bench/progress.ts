import type { WriteStream } from 'node:tty';

/** Reports the current step. */
export type Progress = (text: string) => void;

/** One line that is overwritten on a terminal; nothing elsewhere, because a line per step would only fill a log. */
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
