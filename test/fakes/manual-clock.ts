import type { Clock } from '../../lib/clock.ts';

/** A clock that stands still until a test moves it. */
export interface ManualClock extends Clock {
  /** Moves on and runs the timers that fall due, in order; their actions may set new timers. */
  advance(durationMs: number): void;
  /** Moves on without running any timer, as after a freeze of the process. */
  freeze(durationMs: number): void;
  /** How many timers are set. */
  timers(): number;
}

interface Timer {
  readonly at: number;
  readonly action: () => void;
}

export const manualClock = (startMs = Date.UTC(2026, 5, 1, 12)): ManualClock => {
  let nowMs = startMs;
  const pending = new Set<Timer>();

  const nextBy = (untilMs: number): Timer | undefined =>
    [...pending].filter(({ at }) => at <= untilMs).sort((one, other) => one.at - other.at)[0];

  return {
    now: () => nowMs,
    after: (delayMs, action) => {
      const timer = { at: nowMs + delayMs, action };
      pending.add(timer);
      return () => pending.delete(timer);
    },
    advance: (durationMs) => {
      const untilMs = nowMs + durationMs;
      for (let timer = nextBy(untilMs); timer; timer = nextBy(untilMs)) {
        pending.delete(timer);
        nowMs = Math.max(nowMs, timer.at);
        timer.action();
      }
      nowMs = untilMs;
    },
    freeze: (durationMs) => {
      nowMs += durationMs;
    },
    timers: () => pending.size,
  };
};
