import type { Clock } from '../../lib/clock.ts';

/** A real clock that runs `factor` times as fast, so that seconds of waiting take milliseconds of a test. */
export const fastClock = (factor = 50): Clock => {
  const startedAt = Date.now();
  return {
    now: () => startedAt + (Date.now() - startedAt) * factor,
    after: (delayMs, action) => {
      const timer = setTimeout(action, delayMs / factor);
      return () => clearTimeout(timer);
    },
  };
};
