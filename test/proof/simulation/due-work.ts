import { accountLane } from '../../../lib/lane/lane.ts';
import { laneKey } from '../../../lib/lane/lane-item.ts';
import { longestSkewMs } from './faults.ts';
import type { SimulatedTable } from './simulated-table.ts';

/** When a run has work: when a lease ends, when a file in a lane is due, or when the pause of a lane may end. */
export const nextDueAt = (table: SimulatedTable): number | undefined => {
  const dues = table.items().flatMap(({ workShard = '', workAt = 0 }) => {
    if (workShard.startsWith('lease#')) return [workAt];
    const of = /^(?:wait|backfill)#(.*)$/.exec(workShard)?.[1];
    if (of === undefined) return [];
    const [account, lane] = [accountLane, of].map((id) => table.get(laneKey(id)));
    if (account?.status === 'lane paused') return [account.workAt ?? 0];
    if (lane?.status === 'lane paused') return [lane.workAt ?? 0];
    return [Math.max(workAt, lane?.workAt ?? 0)];
  });
  return dues.length === 0 ? undefined : Math.min(...dues);
};

export const isAnythingDue = (table: SimulatedTable, now: number): boolean =>
  (nextDueAt(table) ?? Number.POSITIVE_INFINITY) <= now + longestSkewMs;

export const isAnyPaused = (table: SimulatedTable): boolean =>
  table.items().some(({ status }) => status === 'lane paused');
