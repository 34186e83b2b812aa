import type { Courier } from '../../courier.ts';
import { endsAutomatically, nextStepOfPause } from '../../failures/advice.ts';
import { accountLane } from '../../lane/lane.ts';
import { laneNameOf } from '../../lane/lane-name.ts';
import { listPauses } from '../list-pauses.ts';
import { type CheckLine, fine, warn, wrong } from './check-line.ts';

/** Lists each pause and what ends it. One that ends automatically is only a warning. */
export const checkPauses = async (courier: Pick<Courier, 'lanes'>): Promise<readonly CheckLine[]> => {
  const pauses = await listPauses(courier);
  if (pauses.length === 0) return [fine('pauses', 'Nothing is paused.')];
  return pauses.map(({ integrationId, code, sentence }) => {
    const scope = integrationId === accountLane ? 'everything' : integrationId;
    const resume = JSON.stringify({ action: 'resume', integration_id: laneNameOf(integrationId), code, reason: '...' });
    const line = endsAutomatically(code) ? warn : wrong;
    return line(`pause of ${scope}`, sentence, `${nextStepOfPause(code)} To end it now: ${resume}.`);
  });
};
