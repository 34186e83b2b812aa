import type { Clock } from './clock.ts';
import type { Outcome } from './outcome.ts';

/**
 * How many deliveries of one integration may be under way at once, learned from its refusals.
 * Halves when Kombo says "too many in flight", grows by one after as many successes, and stands still for a moment
 * when the rate limit is reached.
 */
export interface Pace {
  mayStart(integrationId: string): boolean;
  started(integrationId: string): void;
  finished(integrationId: string, outcome: Outcome): void;
}

const load = new Set<string>(['PLATFORM.RATE_LIMIT_EXCEEDED', 'KOMBO_RATE_LIMITED']);

export const paceFor = (most: number, clock: Clock): Pace => {
  const lanes = new Map<string, { limit: number; running: number; successes: number; notBefore: number }>();
  const lane = (integrationId: string) => {
    const existing = lanes.get(integrationId);
    if (existing) return existing;
    const fresh = { limit: most, running: 0, successes: 0, notBefore: 0 };
    lanes.set(integrationId, fresh);
    return fresh;
  };

  return {
    mayStart: (integrationId) => {
      const { running, limit, notBefore } = lane(integrationId);
      return running < limit && clock.now() >= notBefore;
    },
    started: (integrationId) => {
      lane(integrationId).running += 1;
    },
    finished: (integrationId, outcome) => {
      const its = lane(integrationId);
      its.running -= 1;
      if (outcome.status === 'retrying' && outcome.failure.code === 'PLATFORM.CONCURRENCY_LIMIT_EXCEEDED') {
        its.limit = Math.max(1, Math.floor(its.limit / 2));
        its.successes = 0;
      } else if (outcome.status === 'retrying' && load.has(outcome.failure.code)) {
        its.notBefore = Math.max(its.notBefore, outcome.dueAt.getTime());
      } else if (outcome.status === 'attached') {
        its.successes += 1;
        if (its.successes < its.limit) return;
        its.limit = Math.min(most, its.limit + 1);
        its.successes = 0;
      }
    },
  };
};
