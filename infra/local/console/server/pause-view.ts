import { nextStepOfPause } from '../../../../lib/failures/advice.ts';
import { accountLane } from '../../../../lib/lane/lane.ts';
import type { ListedPause } from '../../../../lib/operator/list-pauses.ts';
import type { PauseView } from './view.ts';

/** How an operator calls what is paused, here as in the events of on-demand. */
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
      // What was not read yet is read by the next run.
      end: { by: end.by === 'probe' ? ('probe' as const) : ('reading' as const), nextAtMs: end.nextAt },
    }),
  };
};
