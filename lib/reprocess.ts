import type { Deadline } from './deadline.ts';
import { deliver } from './deliver.ts';
import type { Known } from './ledger/ledger.ts';
import type { LedgerRecord } from './ledger/record.ts';
import type { Table } from './ledger/table.ts';
import type { Outcome, OutcomeStatus } from './outcome.ts';
import { type Pace, paceFor } from './pace.ts';
import { probePauses, releasePaused } from './pause-rounds.ts';
import { type ReadBackDeps, readBack } from './read-back.ts';
import type { Log } from './telemetry/observe.ts';

export interface ReprocessDeps extends ReadBackDeps {
  readonly table: Table;
  readonly log: Log;
}

export interface ReprocessOptions {
  readonly deadline: Deadline;
  /** Deliveries under way at once. */
  readonly parallelism: number;
  /** Nothing is started with less time left than this: the worst case of one delivery, in milliseconds. */
  readonly worstCaseMs: number;
}

export interface ReprocessReport {
  /** How many ended as what. */
  readonly outcomes: Partial<Record<OutcomeStatus, number>>;
  /** Found due when the run began to look, and how long the oldest of them had been, in milliseconds. */
  readonly due: number;
  readonly oldestDueMs: number;
  /** Due and not begun: time ran out, or Kombo asked for patience. The next run begins there. Counted up to 1,000. */
  readonly left: number;
  readonly openPauses: number;
  readonly unreadable: number;
}

/** Due work is read in pages of this many. */
const pageSize = 100;

/** A long backlog is not read to its end only to be counted. */
const mostLeftCounted = 1_000;

/**
 * Does what is due: sends what is known not to be delivered, reads back what may be, declares expired leases, probes
 * pauses and lets go what ended ones held. Reads what is due and nothing of what is done.
 * Any number of runs may overlap: every step is a conditional write on what it has seen.
 * @throws only when the ledger could not be read or written.
 */
export const reprocess = async (options: ReprocessOptions, deps: ReprocessDeps): Promise<ReprocessReport> => {
  const { ledger, clock, pauses } = deps;
  const pace = paceFor(options.parallelism, clock);
  const tally = {
    outcomes: {} as Partial<Record<OutcomeStatus, number>>,
    due: 0,
    oldestDueMs: 0,
    left: 0,
    unreadable: 0,
  };
  const count = (outcome: Outcome): void => {
    tally.outcomes[outcome.status] = (tally.outcomes[outcome.status] ?? 0) + 1;
  };

  for (const outcome of await probePauses(options, deps)) count(outcome);
  await releasePaused(deps);

  const hasTime = (): boolean => options.deadline.remainingMs() > options.worstCaseMs;
  const running = new Set<Promise<void>>();
  const faults: unknown[] = [];
  try {
    for await (const known of ledger.work('due', pageSize)) {
      tally.due += 1;
      tally.oldestDueMs = Math.max(tally.oldestDueMs, clock.now() - dueSince(known));
      if (!known.readable) {
        tally.unreadable += 1;
        deps.log.error('A ledger record cannot be read; nothing is sent on its word.', { detail: known.reason });
        continue;
      }
      while (running.size >= options.parallelism) await Promise.race(running);
      const integrationId = known.record.target?.integrationId ?? '';
      if (!hasTime() || faults.length > 0 || !(await turn(integrationId, pace, running))) {
        tally.left += 1;
        if (tally.left === mostLeftCounted) break;
        continue;
      }
      pace.started(integrationId);
      const work: Promise<void> = handle(known.record, options, deps)
        .then(
          (outcome) => {
            count(outcome);
            pace.finished(integrationId, outcome);
          },
          (fault: unknown) => {
            faults.push(fault);
          },
        )
        .finally(() => running.delete(work));
      running.add(work);
    }
  } finally {
    // Also when the ledger fails in the middle: what was begun settles before anybody hears of it.
    await Promise.all(running);
  }
  if (faults.length > 0) throw faults[0];
  return { ...tally, openPauses: (await pauses.list()).filter(({ state }) => state === 'open').length };
};

/** Waits for a place in the lane of the integration, as long as something of it still runs that could make one. */
const turn = async (integrationId: string, pace: Pace, running: ReadonlySet<Promise<void>>): Promise<boolean> => {
  while (!pace.mayStart(integrationId)) {
    if (running.size === 0) return false;
    await Promise.race(running);
  }
  return true;
};

const handle = async (record: LedgerRecord, options: ReprocessOptions, deps: ReprocessDeps): Promise<Outcome> => {
  const { ledger, clock, settings } = deps;
  const { state, upload } = record;
  if (state.status === 'unknown') return readBack(record, options.deadline, deps);
  if (state.status === 'sending') {
    await ledger.apply(record, { kind: 'lease-expired', dueAt: clock.now() + settings.readBackAfterMs });
    return { upload, attempt: record.attempts, status: 'unchanged', as: 'unknown' };
  }
  return deliver(upload, { deadline: options.deadline, seen: record }, deps);
};

const dueSince = (known: Known): number => {
  if (!known.readable) return Number.POSITIVE_INFINITY;
  const { state } = known.record;
  if (state.status === 'sending') return state.leaseUntil;
  return 'dueAt' in state ? state.dueAt : Number.POSITIVE_INFINITY;
};
