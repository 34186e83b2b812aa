import { type Clock, sleep } from '../clock.ts';
import type { Deadline } from '../deadline.ts';
import { deliver } from '../delivery/deliver.ts';
import { failureOf } from '../failures/failures.ts';
import type { Known } from '../ledger/ledger.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import type { Table } from '../ledger/table.ts';
import type { Outcome, OutcomeStatus } from '../outcome.ts';
import { type ReadBackDeps, readBack } from '../read-back/read-back.ts';
import type { Log } from '../telemetry/observe.ts';
import { type Pace, paceFor } from './adaptive-concurrency.ts';
import { dueAgain, longestIdleMs, type Refused } from './due-again.ts';
import { probePauses, releasePaused } from './pause-rounds.ts';

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
 * pauses and lets go what ended ones held. Reads what is due and nothing of what is done. Goes as fast as Kombo bears:
 * what is refused for load slows the run down, and is sent at its end, or by the next run.
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
  const count = ({ status }: Outcome, by = 1): void => {
    tally.outcomes[status] = (tally.outcomes[status] ?? 0) + by;
    if (tally.outcomes[status] === 0) delete tally.outcomes[status];
  };

  for (const outcome of await probePauses(options, deps)) count(outcome);
  await releasePaused(deps, options.deadline);

  const running = new Set<Promise<void>>();
  const refused: Refused[] = [];
  const faults: unknown[] = [];
  const mayGoOn = (): boolean => faults.length === 0 && options.deadline.remainingMs() > options.worstCaseMs;

  /** False when it was not begun: time has run out, or Kombo asks for patience. */
  const begin = async (record: LedgerRecord): Promise<boolean> => {
    const integrationId = record.target?.integrationId ?? '';
    while (running.size >= options.parallelism) await Promise.race(running);
    if (!(await turn(integrationId, mayGoOn, pace, running, clock))) return false;
    pace.started(integrationId);
    const work: Promise<void> = handle(record, options, deps)
      .then(
        (outcome) => {
          count(outcome);
          pace.finished(integrationId, outcome);
          if (outcome.status === 'retrying' && failureOf(outcome.failure.code).throttled !== 'no')
            refused.push({ record, outcome });
        },
        (fault: unknown) => {
          faults.push(fault);
        },
      )
      .finally(() => running.delete(work));
    running.add(work);
    return true;
  };

  try {
    for await (const known of ledger.work('due', pageSize)) {
      tally.due += 1;
      tally.oldestDueMs = Math.max(tally.oldestDueMs, clock.now() - dueSince(known));
      if (!known.readable) {
        tally.unreadable += 1;
        deps.log.error('A ledger record cannot be read; nothing is sent on its word.', { detail: known.reason });
        continue;
      }
      if (await begin(known.record)) continue;
      tally.left += 1;
      if (tally.left === mostLeftCounted) break;
    }
    for (let next = await dueAgain(refused, running, clock); next; next = await dueAgain(refused, running, clock)) {
      if (!(await begin(next.record))) break;
      count(next.outcome, -1);
    }
  } finally {
    // Also when the ledger fails in the middle: what was begun settles before anybody hears of it.
    await Promise.all(running);
  }
  if (faults.length > 0) throw faults[0];
  return { ...tally, openPauses: (await pauses.list()).filter(({ state }) => state === 'open').length };
};

/** Waits for a place in the lane of the integration, as long as something still runs that could make one, or it is near. */
const turn = async (
  integrationId: string,
  mayGoOn: () => boolean,
  pace: Pace,
  running: ReadonlySet<Promise<void>>,
  clock: Clock,
): Promise<boolean> => {
  while (mayGoOn()) {
    if (pace.mayStart(integrationId)) return true;
    const standsStillMs = pace.standsStillMs(integrationId);
    if (running.size > 0) await Promise.race(running);
    else if (standsStillMs <= longestIdleMs) await sleep(clock, standsStillMs);
    else return false;
  }
  return false;
};

const handle = async (record: LedgerRecord, options: ReprocessOptions, deps: ReprocessDeps): Promise<Outcome> => {
  const { ledger, clock, settings } = deps;
  const { state, upload } = record;
  if (state.status === 'unknown') return readBack(record, options.deadline, deps);
  if (state.status === 'sending') {
    await ledger.apply(record, { kind: 'lease-expired', dueAt: clock.now() + settings.readBackAfterMs });
    return { upload, attempt: record.attempts, status: 'unchanged', as: 'unknown' };
  }
  return deliver(upload, { deadline: options.deadline, seen: record, paced: true }, deps);
};

const dueSince = (known: Known): number => {
  if (!known.readable) return Number.POSITIVE_INFINITY;
  const { state } = known.record;
  if (state.status === 'sending') return state.leaseUntil;
  return 'dueAt' in state ? state.dueAt : Number.POSITIVE_INFINITY;
};
