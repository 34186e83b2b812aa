import type { Courier } from '../courier.ts';
import { accountLane } from '../lane/lane.ts';
import { type Closed, closedBy } from '../lane/lane-store.ts';
import type { Pause } from '../lane/pause.ts';
import { ledgerPageSize } from '../limits.ts';

/** A closed lane, as an operator sees it. */
export interface ListedPause extends Closed {
  /** Absent when the lane's item cannot be read, which closes it as well. */
  readonly pause?: Pause;
}

/** All pauses, the account's first. Includes unreadable lanes among the first hundred open ones. */
export const listPauses = async ({ lanes }: Pick<Courier, 'lanes'>): Promise<readonly ListedPause[]> => {
  const pauses: ListedPause[] = [];
  const ids = new Set([accountLane]);
  for await (const { integrationId } of lanes.directory('paused')) ids.add(integrationId);
  // A damaged item stays listed among the open lanes, although its lane is closed.
  let looked = 0;
  for await (const { integrationId } of lanes.directory('open')) {
    if (looked === ledgerPageSize) break;
    looked += 1;
    ids.add(integrationId);
  }
  for (const integrationId of ids) {
    const lane = await lanes.read(integrationId);
    const closed = closedBy(integrationId, lane);
    if (!closed) continue;
    pauses.push({ ...closed, ...(lane !== 'unreadable' && lane.pause && { pause: lane.pause }) });
  }
  return pauses;
};
