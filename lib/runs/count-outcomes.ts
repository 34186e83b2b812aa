import type { Outcome, OutcomeStatus } from '../outcome.ts';

/** How many ended with each status. A status that did not occur is absent. */
export type OutcomeCounts = Partial<Readonly<Record<OutcomeStatus, number>>>;

export interface OutcomeCounter {
  readonly counts: OutcomeCounts;
  /** @param by -1 when a later outcome of the same file replaces this one */
  add(outcome: Outcome, by?: 1 | -1): void;
}

export const outcomeCounter = (): OutcomeCounter => {
  const counts: Partial<Record<OutcomeStatus, number>> = {};
  return {
    counts,
    add: ({ status }, by = 1) => {
      counts[status] = (counts[status] ?? 0) + by;
      if (counts[status] === 0) delete counts[status];
    },
  };
};

export const addCounts = (a: OutcomeCounts, b: OutcomeCounts): OutcomeCounts => {
  const sum: Partial<Record<OutcomeStatus, number>> = { ...a };
  for (const [status, count] of Object.entries(b) as [OutcomeStatus, number][])
    sum[status] = (sum[status] ?? 0) + count;
  return sum;
};
