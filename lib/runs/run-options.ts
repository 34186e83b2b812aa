import type { Courier } from '../courier.ts';
import type { Deadline } from '../deadline.ts';

/** How a function works through many uploads. */
export interface RunOptions {
  readonly deadline: Deadline;
  /** Concurrent deliveries. */
  readonly parallelism: number;
  /** The worst-case duration of one delivery, in milliseconds. Nothing is started with less time left. */
  readonly worstCaseMs: number;
}

export const hasTime = ({ deadline, worstCaseMs }: Pick<RunOptions, 'deadline' | 'worstCaseMs'>): boolean =>
  deadline.remainingMs() > worstCaseMs;

/** Everything that a scheduled run needs: deliveries, read-backs and probes. */
export type RunCourier = Pick<
  Courier,
  | 'settings'
  | 'storage'
  | 'kombo'
  | 'links'
  | 'restrictions'
  | 'apiKey'
  | 'ledger'
  | 'lanes'
  | 'load'
  | 'clock'
  | 'random'
  | 'uuid'
  | 'observe'
  | 'log'
>;
