import type { Clock } from './clock.ts';
import { maxTimerMs } from './limits.ts';

/** When all work that was started must have ended. */
export interface Deadline {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Aborts at the deadline. */
  readonly signal: AbortSignal;
  remainingMs(): number;
  /** Cancels the timer. Call it when the work is done, so that the timer does not keep the process alive. */
  clear(): void;
}

export const deadlineIn = (clock: Clock, durationMs: number): Deadline => {
  const controller = new AbortController();
  const at = clock.now() + durationMs;
  if (durationMs <= 0) controller.abort();
  const clear = clock.after(Math.min(Math.max(durationMs, 0), maxTimerMs), () => controller.abort());
  return { at, signal: controller.signal, remainingMs: () => Math.max(0, at - clock.now()), clear };
};

/** The earlier of an outer deadline and its own duration. */
export const deadlineWithin = (clock: Clock, outer: Deadline, durationMs: number): Deadline =>
  deadlineIn(clock, Math.min(outer.remainingMs(), durationMs));
