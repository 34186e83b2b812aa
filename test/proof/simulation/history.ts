import { decideContentType } from '../../../lib/content-type/decide.ts';
import type { Courier } from '../../../lib/courier.ts';
import { deadlineIn } from '../../../lib/deadline.ts';
import { deliver } from '../../../lib/delivery/deliver.ts';
import { fromItem } from '../../../lib/ledger/record-item.ts';
import type { Task } from '../../../lib/runs/run-report.ts';
import { scheduledRun } from '../../../lib/runs/scheduled-run.ts';
import type { Upload } from '../../../lib/upload/upload.ts';
import { courierOf, integrationId, type Parts, settingsFor } from './courier.ts';
import { fateIn, komboFaultsIn, longestSkewMs, readFaultIn, tableFaultsIn, type Weather } from './faults.ts';
import { etagOf, type Put, planStrangers, planUploads } from './planned-files.ts';
import { randomFrom } from './random.ts';
import { SimulatedKombo, transportOf } from './simulated-kombo.ts';
import { linksOf } from './simulated-links.ts';
import { SimulatedBucket, storageOf } from './simulated-storage.ts';
import { SimulatedTable, tableOf } from './simulated-table.ts';
import { isDecidable, lessonsOf, people, type SimulatedTool, toolIn } from './simulated-tool.ts';
import { createWorld, type Process, type World } from './world.ts';

/** Changes the code under test before it runs: how known bugs are planted. */
export type Plant = (courier: Courier, parts: Parts) => Courier;

/** All that there is when a history has ended. */
export interface Ended {
  readonly seed: number;
  readonly world: World;
  readonly table: SimulatedTable;
  readonly kombo: SimulatedKombo;
  readonly bucket: SimulatedBucket;
  readonly puts: readonly Put[];
  readonly logged: readonly string[];
  readonly onUnknown: 'read-back' | 'resend';
  /** Calls that may be in flight concurrently: every process sends one file, a scheduled run four. */
  readonly cap: number;
  readonly tool: SimulatedTool;
  readonly losesRight: boolean;
}

const minute = 60_000;
const functionTimeoutMs = 5 * minute;
const scheduleTimeoutMs = 15 * minute;
const mostUploadWorkers = 8;
const parallelism = 4;
const mostScheduled = 2;

/** One made-up day in the life of the system, and the calm after it. */
export const runHistory = async (seed: number, plant: Plant = (courier) => courier): Promise<Ended> => {
  const random = randomFrom(seed);
  const world = createWorld(random);
  const tool = toolIn(random);
  const weather: Weather = {
    faultRate: random.pick([0, 0.2, 0.5]),
    lossRate: random.pick([0, 0, 0.6]),
    crashRate: random.pick([0, 0.01, 0.05]),
    freezeRate: random.pick([0, 0.01, 0.04]),
    tool,
    losesAll: isDecidable(tool) && tool.learnt && random.chance(0.15),
    losesRight: random.chance(0.2),
    hostDownAt: random.chance(0.3) ? world.now() + random.below(60 * minute) : undefined,
  };
  const onUnknown = random.chance(0.15) ? 'resend' : 'read-back';
  // The shortest interval and the default; not a random draw, so that old seeds keep their histories.
  const settings = settingsFor({ onUnknown, sweepEveryMs: seed % 2 === 0 ? 60 * minute : 5 * minute });
  const [table, kombo, store] = [new SimulatedTable(world), new SimulatedKombo(people), new SimulatedBucket()];
  const lessons = lessonsOf(weather.tool, integrationId, world.now());
  if (lessons) table.write(lessons.pk, lessons);
  const logged: string[] = [];
  const puts: Put[] = [];
  world.tell(`seed ${seed}: ${JSON.stringify(weather)}, ${onUnknown}`);

  let spawned = 0;
  const invoke = (
    kind: string,
    timeoutMs: number,
    work: (courier: Courier) => Promise<unknown>,
    done: (failed: boolean) => void,
  ): void => {
    const skewMs = random.below(2 * longestSkewMs) - longestSkewMs;
    const process = world.spawn(`${kind}${++spawned}`, { skewMs, fate: fateIn(weather, random) });
    const faults = komboFaultsIn(weather, random, world.now);
    const parts: Parts = {
      table: tableOf(table, process, world, tableFaultsIn(weather, random)),
      storage: storageOf(store, process, world, readFaultIn(weather, random)),
      transport: transportOf(kombo, process, world, faults, (content) => lastArrival(table, content)),
      links: linksOf(kombo, process, world, faults),
    };
    const courier = plant(courierOf(process, random, parts, settings, logged), parts);
    let finished = false;
    const finish = (failed: boolean): void => {
      if (finished) return;
      finished = true;
      done(failed);
    };
    process.onDeath(() => finish(true));
    // A frozen process outlives its timeout, and thaws with everything overdue at once: who comes first is chance.
    world.at(timeoutMs, () =>
      process.whenAwake(() => world.at(random.below(3_000), () => !finished && process.kill('timeout'))),
    );
    work(courier).then(
      () => finish(false),
      (error: unknown) => {
        if (!isExpected(error)) throw error;
        process.fail();
        world.tell(`${process.name}: throws ${error instanceof Error ? error.message : error}`);
        finish(true);
      },
    );
  };

  const waitingEvents: (() => void)[] = [];
  let uploadWorkers = 0;
  /** As Lambda does with an asynchronous event: two repeats, then the failure queue, which nobody reads here. */
  const notify = (upload: Upload, attempt = 1): void => {
    if (uploadWorkers >= mostUploadWorkers) return void waitingEvents.push(() => notify(upload, attempt));
    uploadWorkers += 1;
    invoke(
      'upload',
      functionTimeoutMs,
      (courier) => deliver(upload, { deadline: deadlineIn(courier.clock, functionTimeoutMs) }, courier),
      (failed) => {
        uploadWorkers -= 1;
        waitingEvents.shift()?.();
        if (failed && attempt < 3) world.at(attempt * minute, () => notify(upload, attempt + 1));
      },
    );
  };

  let scheduled = 0;
  const runSchedule = (tasks: readonly Task[] = everything): void => {
    if (scheduled >= mostScheduled) return;
    scheduled += 1;
    invoke(
      'schedule',
      scheduleTimeoutMs,
      (courier) => runOf(courier, settings.komboTimeoutMs, tasks),
      () => {
        scheduled -= 1;
      },
    );
  };

  planStrangers(world, random, kombo);
  planUploads(seed, world, random, store, puts, notify);
  const everyMs = random.pick([2, 5, 5]) * minute;
  for (let at = 0; at < 90 * minute; at += everyMs) world.at(at + random.below(minute), () => runSchedule());
  await world.runUntil(world.now() + 90 * minute);
  world.calmDown();
  await untilNothingIsDue(world, table, runSchedule);
  const cap = mostUploadWorkers + mostScheduled * parallelism;
  return { seed, world, table, kombo, bucket: store, puts, logged, onUnknown, cap, ...weather };
};

/** Scheduled runs without faults until nothing is due, for tests that caused the faults in another way. */
export const recover = async (
  world: World,
  table: SimulatedTable,
  depsFor: (process: Process) => Courier,
  komboTimeoutMs: number,
): Promise<void> => {
  let runs = 0;
  await untilNothingIsDue(
    world,
    table,
    (tasks) => {
      const fate = { latencyMs: () => 1, crash: () => undefined, freezeMs: () => 0 } as const;
      void runOf(depsFor(world.spawn(`recovery${++runs}`, { skewMs: 0, fate })), komboTimeoutMs, tasks);
    },
    2,
  );
};

/** Without the sweep, which has found everything once the faults have stopped for a while. */
const dueOnly: readonly Task[] = ['due'];
const everything: readonly Task[] = ['due', 'sweep'];

const runOf = async (courier: Courier, worstCaseMs: number, tasks: readonly Task[]): Promise<void> => {
  const deadline = deadlineIn(courier.clock, scheduleTimeoutMs);
  const options = { deadline, parallelism, worstCaseMs: worstCaseMs + 30_000 };
  await scheduledRun(tasks, options, courier, () => undefined);
};

/**
 * Latest time at which Kombo may list these bytes when it gets them now: a look may free the file 15 minutes after the start
 * of its attempt, and clocks differ.
 */
const lastArrival = (table: SimulatedTable, content: string): number =>
  Math.min(
    ...table
      .items()
      .filter(({ pk, status }) => pk.endsWith(etagOf(content)) && (status === 'sending' || status === 'unknown'))
      .map((item) => (fromItem(item).attemptedAt ?? 0) + 15 * minute - 2 * longestSkewMs - minute / 6),
  );

/** The schedule goes on; idle stretches are skipped. Ends when nothing is due any more, or after a long time. */
const untilNothingIsDue = async (
  world: World,
  table: SimulatedTable,
  runSchedule: (tasks: readonly Task[]) => void,
  leastRounds = 16,
): Promise<void> => {
  for (let round = 0; round < 1_000; round += 1) {
    runSchedule(round < leastRounds ? everything : dueOnly);
    await world.runUntil(world.now() + 5 * minute);
    const due = table.items().filter(({ workShard = '' }) => isWork(workShard));
    // A few runs more than needed: frozen ones from before may still hold the places of the schedule.
    if (round + 1 >= leastRounds && due.length === 0) return;
    const next = Math.min(...due.map(({ workAt = 0 }) => workAt));
    if (due.length > 0 && next > world.now()) await world.runUntil(next + 2 * longestSkewMs);
  }
};

/** Files that wait, leases, paused lanes; not the directory of open lanes, whose entries outlive their files by an hour. */
const isWork = (shard: string): boolean =>
  shard.startsWith('wait#') || shard.startsWith('backfill#') || shard.startsWith('lease#') || shard === 'lanes#paused';

/** What the library throws when the table is away; anything else is a fault of the code. */
const isExpected = (error: unknown): boolean =>
  error instanceof Error &&
  (error.message === 'The table does not answer.' || error.message.startsWith('Too many conflicting writes'));

export type { Process };

// The type sniffer loads its library with the first file; a seed must not depend on being the first.
await decideContentType({ head: Buffer.from('warm'), filename: 'warm.txt' }, new Set());
