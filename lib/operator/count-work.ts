import type { Courier } from '../courier.ts';
import type { Deadline } from '../deadline.ts';
import { accountLane } from '../lane/lane.ts';
import { closedBy } from '../lane/lane-store.ts';
import { lanePartition, shardsOf } from '../ledger/record-item.ts';
import type { Table } from '../ledger/table.ts';
import { countPageSize, parallelCounts, runReserveMs } from '../limits.ts';
import { inParallel } from '../parallel.ts';

/**
 * How many uploads continue automatically, and how many need an operator. Settled records, including rejected ones, are
 * not counted.
 */
export interface WorkCounts {
  readonly sending: number;
  readonly waiting: number;
  readonly unknown: number;
  readonly held: number;
  /** For files in open lanes: how many are due now, and the oldest due time (milliseconds since the epoch). */
  readonly dueNow: number;
  readonly oldestDueAt?: number;
  /** How many are held under each failure code. */
  readonly heldByCode: Readonly<Record<string, number>>;
  /** The waiting and unknown files of each integration that the index lists as having work. */
  readonly byIntegration: ReadonlyMap<string, Pick<WorkCounts, 'waiting' | 'unknown'>>;
  /** False when time ran out; the numbers are then lower bounds. */
  readonly complete: boolean;
}

/**
 * Counts entries of the sparse index, one partition after another. The cost depends on the number of waiting files, not
 * on the history.
 */
export const countWork = async (
  deadline: Deadline,
  { table, lanes, clock }: Pick<Courier, 'table' | 'lanes' | 'clock'>,
): Promise<WorkCounts> => {
  const counts = { sending: 0, waiting: 0, unknown: 0, held: 0, dueNow: 0 };
  const heldByCode: Record<string, number> = {};
  const byIntegration = new Map<string, { waiting: number; unknown: number }>();
  let oldestDueAt = Number.POSITIVE_INFINITY;
  let complete = true;
  const now = clock.now();
  const hasTime = (): boolean => {
    complete &&= deadline.remainingMs() >= runReserveMs;
    return complete;
  };

  const countPart = async (
    hash: string,
    isOpen: boolean,
    ofLane: { waiting: number; unknown: number } = { waiting: 0, unknown: 0 },
  ): Promise<void> => {
    let after: Awaited<ReturnType<Table['query']>>['next'];
    do {
      if (!hasTime()) return;
      const page = await table.query({ index: 'byWork', hash, limit: countPageSize, ...(after && { after }) });
      for (const { status: its = '', code = 'none', workAt = 0 } of page.items) {
        // An attached file with an unacknowledged scan verdict is listed among the held ones.
        const status = its === 'attached' ? 'held' : its;
        if (status !== 'sending' && status !== 'waiting' && status !== 'unknown' && status !== 'held') continue;
        counts[status] += 1;
        if (status === 'waiting' || status === 'unknown') ofLane[status] += 1;
        if (status === 'held') heldByCode[code] = (heldByCode[code] ?? 0) + 1;
        else if (isOpen && workAt <= now) {
          counts.dueNow += 1;
          oldestDueAt = Math.min(oldestDueAt, workAt);
        }
      }
      after = page.next;
    } while (after);
  };

  const isAccountOpen = closedBy(accountLane, await lanes.read(accountLane)) === undefined;
  const countLanes = (part: 'open' | 'paused'): Promise<number> =>
    inParallel(lanes.directory(part), parallelCounts, hasTime, async ({ integrationId }) => {
      const isOpen = isAccountOpen && part === 'open';
      const ofLane = { waiting: 0, unknown: 0 };
      byIntegration.set(integrationId, ofLane);
      await countPart(lanePartition('wait', integrationId), isOpen, ofLane);
      await countPart(lanePartition('backfill', integrationId), isOpen, ofLane);
    });

  await Promise.all([
    ...[...shardsOf('lease'), ...shardsOf('held')].map((shard) => countPart(shard, true)),
    countLanes('open'),
    countLanes('paused'),
  ]);
  return { ...counts, ...(Number.isFinite(oldestDueAt) && { oldestDueAt }), heldByCode, byIntegration, complete };
};
