import { nextStepOfPause } from '../../../lib/failures/advice.ts';
import { type FailureCode, failureOf } from '../../../lib/failures/failures.ts';
import type { ActionCourier } from '../action.ts';
import type { FileAnswer } from './file-answer.ts';

/** Adds to each file that waits in a paused lane why it waits, and what ends the pause. */
export const withPauses = async (
  files: readonly FileAnswer[],
  { lanes }: Pick<ActionCourier, 'lanes'>,
): Promise<readonly FileAnswer[]> => Promise.all(files.map((file) => withPause(file, { lanes })));

export const withPause = async (file: FileAnswer, { lanes }: Pick<ActionCourier, 'lanes'>): Promise<FileAnswer> => {
  if ((file.status !== 'waiting' && file.status !== 'unknown') || file.integration === undefined) return file;
  const { closed } = await lanes.gate(file.integration);
  if (closed) return { ...file, paused: `${closed.sentence} ${nextStepOfPause(closed.code)}` };
  return file.status === 'waiting' && file.code !== undefined && isOfPause(file.code)
    ? { ...file, ...pauseHasEnded }
    : file;
};

const isOfPause = (code: FailureCode): boolean => code === 'INTEGRATION_PAUSED' || failureOf(code).pauses !== 'nothing';

/** Nothing is written for a file when its pause ends, so its record still names the cause. */
const pauseHasEnded = {
  meaning: 'This happened earlier. Its integration is not paused now.',
  nextStep: 'Nothing: it is sent automatically.',
} as const;
