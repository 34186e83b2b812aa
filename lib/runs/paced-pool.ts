import { type Clock, sleep } from '../clock.ts';
import { maxIdleWaitMs } from '../limits.ts';
import type { Outcome } from '../outcome.ts';
import { adaptiveConcurrency } from './adaptive-concurrency.ts';

/** Runs deliveries concurrently, within the pool's width and the limits of throttled lanes. */
export interface PacedPool {
  /**
   * Starts `work` as soon as there is a free slot.
   * @returns false when it was not started: time has run out, earlier work has failed, or Kombo asks for a long wait
   */
  start(lane: string, work: () => Promise<Outcome | undefined>): Promise<boolean>;
  /**
   * Resolves when all started tasks have ended.
   * @throws the first error of any of them
   */
  drain(): Promise<void>;
}

export interface PacedPoolOptions {
  readonly parallelism: number;
  /** Whether there is time to start anything. */
  readonly mayStart: () => boolean;
  readonly clock: Clock;
}

export const pacedPool = ({ parallelism, mayStart, clock }: PacedPoolOptions): PacedPool => {
  const concurrency = adaptiveConcurrency(parallelism, clock);
  const running = new Set<Promise<void>>();
  const errors: unknown[] = [];
  const oneEnds = async (): Promise<void> => Promise.race(running);

  /** Waits for a slot in the lane while a running task could free one, or while the standstill is short. */
  const hasPlace = async (lane: string): Promise<boolean> => {
    while (running.size >= parallelism) await oneEnds();
    while (errors.length === 0 && mayStart()) {
      if (concurrency.mayStart(lane)) return true;
      const standstillMs = concurrency.standstillMs(lane);
      if (running.size > 0) await oneEnds();
      else if (standstillMs <= maxIdleWaitMs) await sleep(clock, standstillMs);
      else return false;
    }
    return false;
  };

  return {
    start: async (lane, work) => {
      if (!(await hasPlace(lane))) return false;
      concurrency.start(lane);
      const started: Promise<void> = work()
        .then(
          (outcome) => concurrency.finish(lane, outcome),
          (error: unknown) => void errors.push(error),
        )
        .finally(() => running.delete(started));
      running.add(started);
      return true;
    },
    drain: async () => {
      await Promise.all(running);
      if (errors.length > 0) throw errors[0];
    },
  };
};
