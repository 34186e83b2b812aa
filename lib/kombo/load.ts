import type { Clock } from '../clock.ts';
import type { Deadline } from '../deadline.ts';
import { type FailureCode, failureOf } from '../failures/failures.ts';
import { busyForMs, callsLeftToOthers, documentedCallLimit } from '../limits.ts';

/** What Kombo reports about concurrent calls for the integration; absent when it reports nothing. */
export interface Concurrency {
  readonly limit?: number;
  readonly remaining?: number;
}

/**
 * Keeps this instance's concurrent calls to an integration below Kombo's limit. Instances share no counter, so each
 * takes its share of the limit that it has seen. Once the integration is full, new uploads wait for a scheduled run.
 */
export interface Load {
  /** How many concurrent calls this instance may have for the integration. */
  share(integrationId: string): number;
  /** Until when the integration counts as full, in milliseconds since the epoch; undefined when it does not. */
  fullUntil(integrationId: string): number | undefined;
  /**
   * Waits for a free place within the share.
   * @param reserveMs gives up when less time than this is left
   * @returns a function that releases the place; undefined when time ran out
   */
  enter(integrationId: string, deadline: Deadline, reserveMs: number): Promise<(() => void) | undefined>;
  /** Updates the limits from a response. */
  note(integrationId: string, concurrency: Concurrency, code?: FailureCode): void;
}

interface LaneLoad {
  /** Kombo's limit on concurrent calls, according to its responses. */
  limit: number;
  running: number;
  fullUntil: number;
  readonly queue: ((hasPlace: boolean) => void)[];
}

/** @param instances how many function instances that call Kombo may run at the same time */
export const createLoad = (clock: Clock, instances: number): Load => {
  const lanes = new Map<string, LaneLoad>();
  const laneOf = (integrationId: string): LaneLoad => {
    const known = lanes.get(integrationId);
    if (known) return known;
    const fresh = { limit: documentedCallLimit, running: 0, fullUntil: 0, queue: [] };
    lanes.set(integrationId, fresh);
    return fresh;
  };
  const share = (integrationId: string): number =>
    Math.max(1, Math.floor((laneOf(integrationId).limit - callsLeftToOthers) / instances));

  const leave = (integrationId: string): void => {
    const lane = laneOf(integrationId);
    lane.running -= 1;
    while (lane.queue.length > 0 && lane.running < share(integrationId)) {
      lane.running += 1;
      lane.queue.shift()?.(true);
    }
  };

  return {
    share,
    fullUntil: (integrationId) => {
      const { fullUntil } = laneOf(integrationId);
      return fullUntil > clock.now() ? fullUntil : undefined;
    },
    enter: async (integrationId, deadline, reserveMs) => {
      const lane = laneOf(integrationId);
      const place = (): void => leave(integrationId);
      if (lane.running < share(integrationId)) {
        lane.running += 1;
        return place;
      }
      const hasPlace = await new Promise<boolean>((resolve) => {
        const giveUp = clock.after(deadline.remainingMs() - reserveMs, () => {
          lane.queue.splice(lane.queue.indexOf(take), 1);
          resolve(false);
        });
        const take = (taken: boolean): void => {
          giveUp();
          resolve(taken);
        };
        lane.queue.push(take);
      });
      return hasPlace ? place : undefined;
    },
    note: (integrationId, { limit, remaining }, code) => {
      const lane = laneOf(integrationId);
      if (limit !== undefined) lane.limit = limit;
      const isRefused = code !== undefined && failureOf(code).throttled !== 'no';
      if (isRefused || remaining === 0) lane.fullUntil = clock.now() + busyForMs;
    },
  };
};
