import { deliver } from '../delivery/deliver.ts';
import { expireLease } from '../delivery/expire-lease.ts';
import { failureOf } from '../failures/failures.ts';
import type { LedgerEntry } from '../ledger/ledger.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import { ledgerPageSize, maxCountedLeft } from '../limits.ts';
import type { Outcome } from '../outcome.ts';
import { readBack } from '../read-back/read-back.ts';
import { type OutcomeCounts, outcomeCounter } from './count-outcomes.ts';
import { pacedPool } from './paced-pool.ts';
import { probePauses } from './probe-pauses.ts';
import { releasePaused } from './release-paused.ts';
import { hasTime, type RunCourier, type RunOptions } from './run-options.ts';
import { type ThrottledFile, takeNextThrottled } from './take-next-throttled.ts';

export interface ReprocessReport {
  readonly outcomes: OutcomeCounts;
  /** Due when the run started to look, and how long the oldest of them had been due, in milliseconds. */
  readonly due: number;
  readonly oldestDueMs: number;
  /** Due and not started: time ran out, or Kombo throttled. The next run starts there. Counted up to 1,000. */
  readonly left: number;
  readonly openPauses: number;
  readonly unreadable: number;
}

/**
 * Does what is due: sends what is known not to be delivered, reads back what may be, declares expired leases, probes
 * pauses and releases what ended ones held. Its cost depends on what is due, not on what was delivered before. It adapts
 * to throttling: a throttled file is sent at the end of the run, or by the next one.
 * Any number of runs may overlap: every step is a conditional write on the version that it has read.
 * @throws only when the ledger could not be read or written
 */
export const reprocess = async (options: RunOptions, courier: RunCourier): Promise<ReprocessReport> => {
  const { ledger, clock, pauses, log } = courier;
  const outcomes = outcomeCounter();
  const tally = { due: 0, oldestDueMs: 0, left: 0, unreadable: 0 };
  const pool = pacedPool({ parallelism: options.parallelism, mayStart: () => hasTime(options), clock });
  const throttled: ThrottledFile[] = [];
  const start = (record: LedgerRecord): Promise<boolean> =>
    pool.start(record.target?.integrationId ?? '', async () => {
      const outcome = await handle(record, options, courier);
      outcomes.add(outcome);
      if (outcome.status === 'waiting' && failureOf(outcome.failure.code).throttled !== 'no') {
        throttled.push({ record, outcome });
      }
      return outcome;
    });

  for (const outcome of await probePauses(options, courier)) outcomes.add(outcome);
  await releasePaused(courier, options.deadline);
  try {
    for await (const known of ledger.work('due', ledgerPageSize)) {
      tally.due += 1;
      tally.oldestDueMs = Math.max(tally.oldestDueMs, clock.now() - dueSince(known));
      if (!known.readable) {
        tally.unreadable += 1;
        log.error('A ledger record cannot be read, so its file is not sent.', { detail: known.reason });
        continue;
      }
      if (await start(known.record)) continue;
      tally.left += 1;
      if (tally.left === maxCountedLeft) break;
    }
    for (
      let next = await takeNextThrottled(throttled, pool, clock);
      next;
      next = await takeNextThrottled(throttled, pool, clock)
    ) {
      if (!(await start(next.record))) break;
      outcomes.add(next.outcome, -1);
    }
  } finally {
    // Also when the ledger fails in the middle: what was started settles before the caller gets the error.
    await pool.allEnded();
  }
  await pool.drain();
  const openPauses = (await pauses.list()).filter(({ state }) => state === 'open').length;
  return { outcomes: outcomes.counts, ...tally, openPauses };
};

const handle = async (record: LedgerRecord, options: RunOptions, courier: RunCourier): Promise<Outcome> => {
  const { state, upload } = record;
  if (state.status === 'unknown') return readBack(record, options.deadline, courier);
  if (state.status === 'sending') {
    await expireLease(record, courier);
    return { upload, attempt: record.attempts, status: 'unchanged', as: 'unknown' };
  }
  return deliver(upload, { deadline: options.deadline, seen: record, paced: true }, courier);
};

const dueSince = (known: LedgerEntry): number => {
  if (!known.readable) return Number.POSITIVE_INFINITY;
  const { state } = known.record;
  if (state.status === 'sending') return state.leaseUntil;
  return 'dueAt' in state ? state.dueAt : Number.POSITIVE_INFINITY;
};
