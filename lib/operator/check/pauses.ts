import type { Courier } from '../../courier.ts';
import { nextStepOfPause } from '../../failures/advice.ts';
import { accountLane } from '../../lane/lane.ts';
import { laneNameOf } from '../../lane/lane-name.ts';
import { listPauses } from '../list-pauses.ts';
import { type CheckLine, fine, wrong } from './check-line.ts';

/** Lists each pause and what ends it. */
export const checkPauses = async (courier: Pick<Courier, 'lanes'>): Promise<readonly CheckLine[]> => {
  const pauses = await listPauses(courier);
  if (pauses.length === 0) return [fine('pauses', 'Nothing is paused.')];
  return pauses.map(({ integrationId, code, sentence, pause }) => {
    const scope = integrationId === accountLane ? 'everything' : integrationId;
    const resume = JSON.stringify({ action: 'resume', integration_id: laneNameOf(integrationId), code, reason: '...' });
    const todo =
      pause?.by === 'kombo'
        ? `${nextStepOfPause(code)} Resume: ${resume}.`
        : `An operator paused it. To resume: ${resume}.`;
    return wrong(`pause of ${scope}`, sentence, todo);
  });
};
