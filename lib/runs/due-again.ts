import { type Clock, sleep } from '../clock.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import type { Outcome } from '../outcome.ts';

/** A file that Kombo refused for load in this very run: the run has slowed down since, and may take it along. */
export interface Refused {
  readonly record: LedgerRecord;
  readonly outcome: Extract<Outcome, { status: 'retrying' }>;
}

/** So long a run waits for Kombo to take more, with nothing else to do; longer, and the next run begins there. */
export const longestIdleMs = 5_000;

/**
 * Takes out the next of the refused, once it is due again; undefined when none is due again soon.
 * Held in memory, not asked of the index: that may not show yet what this run has just written.
 */
export const dueAgain = async (
  refused: Refused[],
  running: ReadonlySet<Promise<void>>,
  clock: Clock,
): Promise<Refused | undefined> => {
  for (;;) {
    const [first] = refused.sort((a, b) => a.outcome.dueAt.getTime() - b.outcome.dueAt.getTime());
    const waitMs = first ? first.outcome.dueAt.getTime() - clock.now() : Number.POSITIVE_INFINITY;
    if (waitMs <= longestIdleMs) {
      if (waitMs > 0) await sleep(clock, waitMs);
      return refused.shift();
    }
    // What still runs may yet be refused, too.
    if (running.size === 0) return undefined;
    await Promise.race(running);
  }
};
