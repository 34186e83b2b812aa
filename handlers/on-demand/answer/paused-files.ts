import { failures } from '../../../lib/failures/failures.ts';
import type { ActionCourier } from '../action.ts';
import type { FileAnswer } from './file-answer.ts';

/** Adds to each file that waits in a paused lane why it waits, and until when. */
export const withPauses = async (
  files: readonly FileAnswer[],
  { lanes }: Pick<ActionCourier, 'lanes'>,
): Promise<readonly FileAnswer[]> => Promise.all(files.map((file) => withPause(file, { lanes })));

export const withPause = async (file: FileAnswer, { lanes }: Pick<ActionCourier, 'lanes'>): Promise<FileAnswer> => {
  if ((file.status !== 'waiting' && file.status !== 'unknown') || file.integration === undefined) return file;
  const { closed } = await lanes.gate(file.integration);
  return closed ? { ...file, paused: `${closed.sentence} ${failures[closed.code].nextStep}` } : file;
};
