import { nextStepOfPause } from '../../../lib/failures/advice.ts';
import { type FailureCode, failureOf } from '../../../lib/failures/failures.ts';
import type { Closed } from '../../../lib/lane/lane-store.ts';
import { pauseOf } from '../../../lib/operator/pause-of.ts';
import type { ActionCourier } from '../action.ts';
import type { FileAnswer } from './file-answer.ts';

/** Adds to each file that waits in a paused lane why it waits, and what ends the pause. Reads each lane once. */
export const withPauses = async (
  files: readonly FileAnswer[],
  courier: Pick<ActionCourier, 'lanes'>,
): Promise<readonly FileAnswer[]> => {
  const pauses = new Map<string, ReturnType<typeof pauseOf>>();
  return Promise.all(
    files.map(async (file) => {
      if ((file.status !== 'waiting' && file.status !== 'unknown') || file.integration === undefined) return file;
      const pause = pauses.get(file.integration) ?? pauseOf(file.integration, courier);
      pauses.set(file.integration, pause);
      return withPauseOf(file, await pause);
    }),
  );
};

export const withPause = async (file: FileAnswer, courier: Pick<ActionCourier, 'lanes'>): Promise<FileAnswer> => {
  const [same = file] = await withPauses([file], courier);
  return same;
};

const withPauseOf = (
  file: Extract<FileAnswer, { status: 'waiting' | 'unknown' }>,
  pause: Closed | undefined,
): FileAnswer => {
  if (pause) return { ...file, paused: `${pause.sentence} ${nextStepOfPause(pause.code)}` };
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
