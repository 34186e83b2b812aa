import { sleep } from '../clock.ts';
import { accountLane } from '../lane/lane.ts';
import { closedBy } from '../lane/lane-store.ts';
import { maxIdleWaitMs } from '../limits.ts';
import type { Outcome } from '../outcome.ts';
import { adaptiveConcurrency } from './adaptive-concurrency.ts';
import { type OutcomeCounts, outcomeCounter } from './count-outcomes.ts';
import { type LaneTask, type LaneVisit, visitLane } from './lane-visit.ts';
import { hasTime, type RunCourier, type RunOptions } from './run-options.ts';

export interface LanesReport {
  readonly outcomes: OutcomeCounts;
  /** Lanes that had work and were visited. */
  readonly lanes: number;
  /** Comparisons made to learn about a tool, and how many of them found the file. */
  readonly compared: number;
  readonly found: number;
  /** Due files that were read but not started: time ran out, their lane was paused, or Kombo throttled it. */
  readonly left: number;
  /** Whether there are due lanes that this run did not reach. */
  readonly lanesLeft: boolean;
  readonly unreadable: number;
}

/**
 * Sends due files of open lanes, checks the targets of files with lost answers, and compares samples. Each lane gets a
 * turn before any gets a second one. No lane has more than half of the slots while another could use them, and a
 * throttled lane does not delay others. The cost depends on the work that can be done, not on the number of waiting
 * files. Runs may overlap, because every step is a write that is conditional on the version that was read.
 * @param opened lanes that this run has just opened; the index may not show them yet
 * @throws only when the table could not be read or written
 */
export const workLanes = async (
  options: RunOptions,
  courier: RunCourier,
  opened: readonly string[] = [],
): Promise<LanesReport> => {
  const { lanes, load, clock } = courier;
  const outcomes = outcomeCounter();
  const tally = { lanes: 0, compared: 0, found: 0, left: 0, unreadable: 0 };
  const concurrency = adaptiveConcurrency(options.parallelism, clock);
  const visits: LaneVisit[] = [];
  const running = new Set<Promise<void>>();
  const runningIn = new Map<string, number>();
  const errors: unknown[] = [];
  const directory = dueLanes(opened, courier);
  let hasMoreLanes = closedBy(accountLane, await lanes.read(accountLane)) === undefined;

  const visitNext = async (): Promise<void> => {
    const next = await directory.next();
    if (next.done) {
      hasMoreLanes = false;
      return;
    }
    const visit = await visitLane(next.value, options, courier);
    if (visit === undefined) return;
    if (visit === 'unreadable') {
      tally.unreadable += 1;
      return;
    }
    if (visit.isNew) concurrency.startAt(visit.integrationId, 1);
    if (visit.tasks.length > 0 || visit.hasMore()) tally.lanes += 1;
    visits.push(visit);
    // Reads the first page immediately, so that the run reads no more lanes than it can work on.
    if (visit.hasMore()) tally.unreadable += await visit.nextTurn();
    await endIfDone(visit);
  };

  /** Writes what is left as soon as the lane has no more work, so that the run does not keep it. */
  const endIfDone = async (visit: LaneVisit): Promise<void> => {
    const isBusy = visit.tasks.length > 0 || visit.hasMore() || (runningIn.get(visit.integrationId) ?? 0) > 0;
    const place = visits.indexOf(visit);
    // When its last two files end in one moment, both come here, and the first has ended the lane.
    if (isBusy || place < 0) return;
    visits.splice(place, 1);
    tally.left += await visit.end();
  };

  /** A pause of the account stops every lane, and no further lane is read. */
  const closePaused = async (visit: LaneVisit): Promise<void> => {
    const { closed } = await lanes.gate(visit.integrationId);
    if (closed?.integrationId === accountLane) {
      hasMoreLanes = false;
      for (const other of visits) other.close();
    } else if (closed) visit.close();
  };

  const start = (visit: LaneVisit, task: LaneTask): void => {
    const { integrationId } = visit;
    const count = (by: number): void => void runningIn.set(integrationId, (runningIn.get(integrationId) ?? 0) + by);
    concurrency.start(integrationId);
    count(1);
    const work = async (): Promise<void> => {
      let outcome: Outcome | undefined;
      try {
        const result = await task.run();
        if (result.status === 'compared') {
          tally.compared += 1;
          if (result.isFound) tally.found += 1;
          return;
        }
        outcome = result;
        outcomes.add(result);
        await closePaused(visit);
      } finally {
        concurrency.finish(integrationId, outcome);
        count(-1);
      }
    };
    const started = work()
      .then(() => endIfDone(visit))
      .catch((error: unknown) => void errors.push(error))
      .finally(() => running.delete(started));
    running.add(started);
  };

  const startable = (most: number): LaneVisit | undefined =>
    visits.find(
      ({ integrationId, tasks }) =>
        tasks.length > 0 &&
        (runningIn.get(integrationId) ?? 0) < Math.min(most, load.share(integrationId)) &&
        concurrency.mayStart(integrationId),
    );

  /** Lanes take turns: after its turn a lane comes last. */
  const moveToEnd = (visit: LaneVisit): void => void visits.push(...visits.splice(visits.indexOf(visit), 1));

  /** Reads the next page of the lane whose turn it is. It may contain nothing that can be started. */
  const turnNext = async (): Promise<boolean> => {
    const next = visits.find((visit) => visit.tasks.length === 0 && visit.hasMore());
    if (!next) return false;
    moveToEnd(next);
    tally.unreadable += await next.nextTurn();
    return true;
  };

  const half = Math.ceil(options.parallelism / 2);
  try {
    while (errors.length === 0 && hasTime(options)) {
      if (running.size >= options.parallelism) {
        await Promise.race(running);
        continue;
      }
      const visit = startable(half);
      if (!visit && hasMoreLanes) await visitNext();
      else if (!visit && (await turnNext())) continue;
      else {
        const chosen = visit ?? startable(options.parallelism);
        const task = chosen?.tasks.shift();
        if (chosen && task) {
          moveToEnd(chosen);
          start(chosen, task);
        } else if (running.size > 0) await Promise.race(running);
        else {
          const waits = visits
            .filter(({ tasks }) => tasks.length > 0)
            .map((one) => concurrency.standstillMs(one.integrationId));
          const waitMs = Math.min(...waits);
          if (!(waitMs <= maxIdleWaitMs)) break;
          await sleep(clock, waitMs);
        }
      }
    }
  } finally {
    // Even if the table fails, started work settles before the caller gets the error.
    await Promise.all(running);
    await directory.return();
  }
  if (errors.length > 0) throw errors[0];
  for (const visit of visits) tally.left += await visit.end();
  return { outcomes: outcomes.counts, ...tally, lanesLeft: hasMoreLanes };
};

/** First the lanes that were just opened, then the due ones, longest due first. */
async function* dueLanes(
  opened: readonly string[],
  { lanes, clock }: RunCourier,
): AsyncGenerator<string, void, undefined> {
  yield* opened.filter((integrationId) => integrationId !== accountLane);
  for await (const { integrationId } of lanes.directory('open', clock.now())) {
    if (!opened.includes(integrationId) && integrationId !== accountLane) yield integrationId;
  }
}
