import type { Clock } from '../clock.ts';
import { failureOf } from '../failures/failures.ts';
import type { Outcome } from '../outcome.ts';

/**
 * How many deliveries of one integration may be under way at once, learned from its refusals.
 * Halves when Kombo says "too many in flight", grows by one after many successes, and stands still for a moment when the
 * rate limit is reached, or when even one at a time is too many.
 */
export interface Pace {
  mayStart(integrationId: string): boolean;
  /** How long nothing may start, however little is under way; 0 when it does not stand still. Milliseconds. */
  standsStillMs(integrationId: string): number;
  started(integrationId: string): void;
  finished(integrationId: string, outcome: Outcome): void;
}

interface Lane {
  limit: number;
  running: number;
  successes: number;
  /** Growing takes so many successes per place; doubles with each lesson, for what was refused once will be again. */
  patience: number;
  /** Deliveries that began before the last lesson: their refusals tell nothing new. */
  echoes: number;
  /** Refusals since the last success while one at a time was under way: others fill Kombo, so each waits twice as long. */
  standstills: number;
  /** Milliseconds since the epoch. */
  notBefore: number;
}

const mostPatience = 16;
const firstStandstillMs = 1_000;
const longestStandstillMs = 60_000;

/** @param most how many it begins with, and never more. */
export const paceFor = (most: number, clock: Clock): Pace => {
  const lanes = new Map<string, Lane>();
  const laneOf = (integrationId: string): Lane => {
    const known = lanes.get(integrationId);
    if (known) return known;
    const fresh: Lane = { limit: most, running: 0, successes: 0, patience: 1, echoes: 0, standstills: 0, notBefore: 0 };
    lanes.set(integrationId, fresh);
    return fresh;
  };

  const slowDown = (lane: Lane): void => {
    if (lane.limit === 1) {
      const standstillMs = Math.min(longestStandstillMs, firstStandstillMs * 2 ** lane.standstills);
      lane.notBefore = Math.max(lane.notBefore, clock.now() + standstillMs);
      lane.standstills += 1;
    }
    lane.limit = Math.max(1, Math.floor(lane.limit / 2));
    lane.patience = Math.min(mostPatience, lane.patience * 2);
    lane.successes = 0;
    lane.echoes = lane.running;
  };

  const speedUp = (lane: Lane): void => {
    lane.standstills = 0;
    lane.successes += 1;
    if (lane.successes < lane.limit * lane.patience) return;
    lane.limit = Math.min(most, lane.limit + 1);
    lane.successes = 0;
  };

  return {
    mayStart: (integrationId) => {
      const { running, limit, notBefore } = laneOf(integrationId);
      return running < limit && clock.now() >= notBefore;
    },
    standsStillMs: (integrationId) => Math.max(0, laneOf(integrationId).notBefore - clock.now()),
    started: (integrationId) => {
      laneOf(integrationId).running += 1;
    },
    finished: (integrationId, outcome) => {
      const lane = laneOf(integrationId);
      lane.running -= 1;
      const isEcho = lane.echoes > 0;
      if (isEcho) lane.echoes -= 1;
      if (outcome.status === 'attached') speedUp(lane);
      if (outcome.status !== 'retrying') return;
      const { throttled } = failureOf(outcome.failure.code);
      if (throttled === 'concurrency-limit' && !isEcho) slowDown(lane);
      if (throttled === 'rate-limit') lane.notBefore = Math.max(lane.notBefore, outcome.dueAt.getTime());
    },
  };
};
