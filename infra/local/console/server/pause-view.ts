import { nextStepOfPause } from '../../../../lib/failures/advice.ts';
import { accountLane } from '../../../../lib/lane/lane.ts';
import type { ListedPause } from '../../../../lib/operator/list-pauses.ts';
import type { PauseView } from './view.ts';

/** The name of the paused integration or account, as used in on-demand events. */
export const pausedName = ({ integrationId }: Pick<ListedPause, 'integrationId'>): string =>
  integrationId === accountLane ? 'account' : integrationId;

export const pauseView = (listed: ListedPause): PauseView => {
  const { code, sentence, pause } = listed;
  const end = pause?.end;
  return {
    integration: pausedName(listed),
    ...(pause && { sinceMs: pause.since }),
    code,
    reason: pause?.reason ?? sentence,
    ...(end && {
      nextStep: nextStepOfPause(code),
      // A description that has not been read yet is read by the next run.
      end: { by: end.by === 'probe' ? ('probe' as const) : ('reading' as const), nextAtMs: end.nextAt },
    }),
  };
};
