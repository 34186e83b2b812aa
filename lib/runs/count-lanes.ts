import { accountLane, type Lane } from '../lane/lane.ts';
import type { DirectoryEntry } from '../lane/lane-store.ts';
import { countEveryMs, maxCounted, maxReadings } from '../limits.ts';
import { inParallel } from '../parallel.ts';
import { countLane } from './lane-visit.ts';
import { hasTime, type RunCourier, type RunOptions } from './run-options.ts';

/** Counts the files in a lane that no run works on, once an hour. Makes no call to Kombo. */
export const countHourly = async (lane: Lane, courier: RunCourier): Promise<void> => {
  if (courier.clock.now() - countedAt(lane) < countEveryMs) return;
  const counts = await countLane(lane.integrationId, courier);
  // No records are read here, so the number of unreadable ones is kept. After too many conflicts the next run counts.
  await courier.lanes.suggest(lane.integrationId, (fresh) => ({
    ...fresh,
    counts: { ...counts, unreadable: fresh.counts?.unreadable },
  }));
};

/**
 * While the account is paused, no lane is worked on and none would be counted. This counts the due ones, those counted
 * longest ago first. Their due times are not changed, because probes of the account take the lanes in turn.
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
