import type { Clock } from '../clock.ts';
import { failureOf } from '../failures/failures.ts';
import { firstStandstillMs, maxStandstillMs, maxSuccessesToGrow } from '../limits.ts';
import type { Outcome } from '../outcome.ts';

/**
 * Limits the concurrent deliveries of one lane, learned from throttling (AIMD). Halves the limit when Kombo reports too
 * many concurrent calls, and raises it by one after many successes. Starts nothing for a while when the rate limit is
 * reached, or when even one call at a time is too many.
 */
export interface AdaptiveConcurrency {
  /** The lane starts with this limit and grows from there. No effect once something has started in it. */
  startAt(lane: string, limit: number): void;
  mayStart(lane: string): boolean;
  /** How long nothing may start, in milliseconds; 0 when something may. */
  standstillMs(lane: string): number;
  start(lane: string): void;
  /** @param outcome absent when the work ended without one */
  finish(lane: string, outcome?: Outcome): void;
}

interface Lane {
  limit: number;
  running: number;
  successes: number;
  /** Successes per slot before the limit grows. Doubles with each throttling, because throttling tends to recur. */
  successesToGrow: number;
  /** Deliveries that started before the last throttling. If they are throttled too, the limit is not lowered again. */
  echoes: number;
  /** Throttlings since the last success. Each one doubles the standstill, because others are using up the limit. */
  standstills: number;
  /** Milliseconds since the epoch. */
  notBefore: number;
}

/** @param max the initial and maximum limit */
export const adaptiveConcurrency = (max: number, clock: Clock): AdaptiveConcurrency => {
  const lanes = new Map<string, Lane>();
  const laneOf = (name: string): Lane => {
    const known = lanes.get(name);
    if (known) return known;
    const fresh = { limit: max, running: 0, successes: 0, successesToGrow: 1, echoes: 0, standstills: 0, notBefore: 0 };
    lanes.set(name, fresh);
    return fresh;
  };

  const slowDown = (lane: Lane): void => {
    if (lane.limit === 1) {
      const standstillMs = Math.min(maxStandstillMs, firstStandstillMs * 2 ** lane.standstills);
      lane.notBefore = Math.max(lane.notBefore, clock.now() + standstillMs);
      lane.standstills += 1;
    }
    lane.limit = Math.max(1, Math.floor(lane.limit / 2));
    lane.successesToGrow = Math.min(maxSuccessesToGrow, lane.successesToGrow * 2);
    lane.successes = 0;
    lane.echoes = lane.running;
  };

  const speedUp = (lane: Lane): void => {
    lane.standstills = 0;
    lane.successes += 1;
    if (lane.successes < lane.limit * lane.successesToGrow) return;
    lane.limit = Math.min(max, lane.limit + 1);
    lane.successes = 0;
  };

  return {
    startAt: (name, limit) => {
      if (!lanes.has(name)) laneOf(name).limit = limit;
    },
    mayStart: (name) => {
      const { running, limit, notBefore } = laneOf(name);
      return running < limit && clock.now() >= notBefore;
    },
    standstillMs: (name) => Math.max(0, laneOf(name).notBefore - clock.now()),
    start: (name) => {
      laneOf(name).running += 1;
    },
    finish: (name, outcome) => {
      const lane = laneOf(name);
      lane.running -= 1;
      const isEcho = lane.echoes > 0;
      if (isEcho) lane.echoes -= 1;
      if (outcome?.status === 'attached') speedUp(lane);
      if (outcome?.status !== 'waiting') return;
      const { throttled } = failureOf(outcome.failure.code);
      if (throttled === 'concurrency-limit' && !isEcho) slowDown(lane);
      if (throttled === 'rate-limit') lane.notBefore = Math.max(lane.notBefore, outcome.dueAt.getTime());
    },
  };
};
