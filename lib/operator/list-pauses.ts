import type { Courier } from '../courier.ts';
import { accountLane, type LaneCounts } from '../lane/lane.ts';
import { type Closed, closedBy } from '../lane/lane-store.ts';
import type { Pause } from '../lane/pause.ts';
import { ledgerPageSize } from '../limits.ts';

/** A lane that is closed, as an operator sees it. */
export interface ListedPause extends Closed {
  /** Absent when the lane's item cannot be read, which closes it as well. */
  readonly pause?: Pause;
  /** When it was last read, at most an hour ago. */
  readonly counts?: LaneCounts;
}

/** All pauses, that of the account first; of the open lanes those among the first hundred that cannot be read. */
export const listPauses = async ({ lanes }: Pick<Courier, 'lanes'>): Promise<readonly ListedPause[]> => {
  const pauses: ListedPause[] = [];
  const ids = new Set([accountLane]);
  for await (const { integrationId } of lanes.directory('paused')) ids.add(integrationId);
  // A damaged item stays where it was, among the open lanes; it closes its lane as well.
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
    const known = lane === 'unreadable' ? {} : { pause: lane.pause, counts: lane.counts };
    pauses.push({
      ...closed,
      ...(known.pause && { pause: known.pause }),
      ...(known.counts && { counts: known.counts }),
    });
  }
  return pauses;
};
