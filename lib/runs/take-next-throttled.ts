import { type Clock, sleep } from '../clock.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import { maxIdleWaitMs } from '../limits.ts';
import type { Outcome } from '../outcome.ts';
import type { PacedPool } from './paced-pool.ts';

/** A file that Kombo throttled in this run: the run has slowed down since, so it may send the file itself. */
export interface ThrottledFile {
  readonly record: LedgerRecord;
  readonly outcome: Extract<Outcome, { status: 'waiting' }>;
}

/**
 * Takes out the next throttled file once it is due again; undefined when none is due soon.
 * The list is kept in memory instead of read from the index, which may not show yet what this run has just written.
 */
export const takeNextThrottled = async (
  throttled: ThrottledFile[],
  pool: Pick<PacedPool, 'isIdle' | 'oneEnds'>,
  clock: Clock,
): Promise<ThrottledFile | undefined> => {
  for (;;) {
    const [first] = throttled.sort((a, b) => a.outcome.dueAt.getTime() - b.outcome.dueAt.getTime());
    const waitMs = first ? first.outcome.dueAt.getTime() - clock.now() : Number.POSITIVE_INFINITY;
    if (waitMs <= maxIdleWaitMs) {
      if (waitMs > 0) await sleep(clock, waitMs);
      return throttled.shift();
    }
    // What still runs can be throttled, too.
    if (pool.isIdle()) return undefined;
    await pool.oneEnds();
  }
};
