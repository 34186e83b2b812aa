import { accountLane, type Lane } from '../lane/lane.ts';
import type { DirectoryEntry } from '../lane/lane-store.ts';
import { countEveryMs, maxCounted, maxReadings } from '../limits.ts';
import { inParallel } from '../parallel.ts';
import { countLane } from './lane-visit.ts';
import { hasTime, type RunCourier, type RunOptions } from './run-options.ts';

/** Counts what waits in a lane that no run works on, once an hour. Kombo is not asked. */
export const countHourly = async (lane: Lane, courier: RunCourier): Promise<void> => {
  if (courier.clock.now() - countedAt(lane) < countEveryMs) return;
  const counts = await countLane(lane.integrationId, courier);
  // No record is read here, so those that could not be read are as many as before. After too many conflicts the next run counts.
  await courier.lanes.suggest(lane.integrationId, (fresh) => {
    const unreadable = fresh.counts?.unreadable;
    return { ...fresh, counts: { ...counts, ...(unreadable !== undefined && { unreadable }) } };
  });
};

/**
 * While the account is paused no lane is worked on, and none would be counted. Those that are due are, the longest uncounted
 * first. Their places stay as they are: probes of the account take the lanes in turn.
 */
export const countBehindAccount = async (options: RunOptions, courier: RunCourier): Promise<void> => {
  const { lanes, clock } = courier;
  const due: DirectoryEntry[] = [];
  for (const part of ['paused', 'open'] as const) {
    for await (const entry of lanes.directory(part, clock.now())) {
      if (due.length >= maxCounted) break;
      if (entry.integrationId !== accountLane) due.push(entry);
    }
  }
  const known = await lanes.readMany(due.map(({ integrationId }) => integrationId));
  const oldestFirst = [...known.values()]
    .filter((lane) => lane !== 'unreadable')
    .toSorted((a, b) => countedAt(a) - countedAt(b))
    .slice(0, maxReadings);
  await inParallel(
    oldestFirst,
    options.parallelism,
    () => hasTime(options),
    (lane) => countHourly(lane, courier),
  );
};

const countedAt = ({ counts, pause }: Lane): number => counts?.at ?? pause?.since ?? 0;
