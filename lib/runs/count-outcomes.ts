import type { Outcome, OutcomeStatus } from '../outcome.ts';

/** How many ended with each status. A status that did not occur is absent. */
export type OutcomeCounts = Partial<Readonly<Record<OutcomeStatus, number>>>;

export interface OutcomeCounter {
  readonly counts: OutcomeCounts;
  add(outcome: Outcome): void;
}

export const outcomeCounter = (): OutcomeCounter => {
  const counts: Partial<Record<OutcomeStatus, number>> = {};
  return {
    counts,
    add: ({ status }) => {
      counts[status] = (counts[status] ?? 0) + 1;
    },
  };
};

export const addCounts = (a: OutcomeCounts, b: OutcomeCounts): OutcomeCounts => {
  const sum: Partial<Record<OutcomeStatus, number>> = { ...a };
  for (const [status, count] of Object.entries(b) as [OutcomeStatus, number][])
    sum[status] = (sum[status] ?? 0) + count;
  return sum;
};
