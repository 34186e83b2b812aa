import { decideContentType } from '../../../lib/content-type/decide.ts';
import type { Courier } from '../../../lib/courier.ts';
import { type Deadline, deadlineIn } from '../../../lib/deadline.ts';
import { deliver } from '../../../lib/delivery/deliver.ts';
import { noteVerdict } from '../../../lib/delivery/scan-verdict.ts';
import { fromItem } from '../../../lib/ledger/record-item.ts';
import { hasTime } from '../../../lib/runs/run-options.ts';
import type { Task } from '../../../lib/runs/run-report.ts';
import { scheduledRun } from '../../../lib/runs/scheduled-run.ts';
import { type Upload, uploadId } from '../../../lib/upload/upload.ts';
import { noPut } from '../../fakes/no-put.ts';
import { courierOf, integrationId, type Parts, settingsFor } from './courier.ts';
import { isAnyPaused, isAnythingDue, nextDueAt } from './due-work.ts';
import { fateIn, komboFaultsIn, longestSkewMs, readFaultIn, tableFaultsIn, type Weather } from './faults.ts';
import { etagOf, type Put, planStrangers, planUploads } from './planned-files.ts';
import { randomFrom } from './random.ts';
import { SimulatedAccount } from './simulated-account.ts';
import { SimulatedKombo, transportOf } from './simulated-kombo.ts';
import { linksOf } from './simulated-links.ts';
import { scanOf, type Verdict } from './simulated-scan.ts';
import { SimulatedBucket, storageOf } from './simulated-storage.ts';
import { SimulatedTable, tableOf } from './simulated-table.ts';
import { isDecidable, lessonsOf, people, type SimulatedTool, toolIn } from './simulated-tool.ts';
import { lastEnd, planTroubles, poisonMark } from './troubles.ts';
import { Watch } from './watch.ts';
import { createWorld, type Process, type World } from './world.ts';

/** Changes the code under test before it runs, to plant known bugs. */
export type Plant = (courier: Courier, parts: Parts) => Courier;

/** Everything that exists when a history has ended. */
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
  /** Promises that were broken during the history. */
  readonly watched: readonly string[];
}

const minute = 60_000;
const nothing = (): void => undefined;
const stormMs = 65 * minute;
const functionTimeoutMs = 5 * minute;
const scheduleTimeoutMs = 15 * minute;
const mostUploadWorkers = 8;
const parallelism = 4;
const mostScheduled = 2;

/** One invented day of the system with faults, and the time without faults after it. */
export const runHistory = async (seed: number, plant: Plant = (courier) => courier): Promise<Ended> => {
  const random = randomFrom(seed);
  const world = createWorld(random);
  const tool = toolIn(random);
  const hasListed = lessonsOf(tool, integrationId, world.now()) !== undefined;
  const plan = planTroubles(random, world.now(), hasListed);
  // An absence counts for such a tool, so only the wait prevents a late file from being sent twice.
  const isSlow = isDecidable(tool) && tool.learnt && random.chance(0.4);
  const writesLate = isDecidable(tool) && tool.learnt && !plan.isLong && !isSlow && random.chance(0.5);
  const needsRuns = plan.isLong || isSlow || writesLate;
  const weather: Weather = {
    faultRate: isSlow || writesLate ? 0 : random.pick([0, 0.2, 0.5]),
    lossRate: isSlow ? 0.8 : random.pick([0, 0, 0.6]),
    // At the higher rates hardly any run would end, and nothing that takes several runs would happen.
    crashRate: needsRuns ? random.pick([0, 0, 0.003]) : random.pick([0, 0.01, 0.05]),
    writesLate,
    freezeRate: needsRuns ? 0 : random.pick([0, 0.01, 0.04]),
    tool,
    // A function retries twice within seconds, so this leaves four in ten to a later run.
    storageRate: plan.isLong || writesLate ? 0.75 : 0,
    losesAll: !plan.isLong && isDecidable(tool) && tool.learnt && random.chance(0.15),
    losesRight: random.chance(0.2),
    isSlow,
    hostDownAt: random.chance(0.3) ? world.now() + random.below(60 * minute) : undefined,
  };
  const onUnknown = random.chance(0.15) ? 'resend' : 'read-back';
  // The shortest interval and the default; not a random draw, so that old seeds keep their histories.
  const scan = scanOf(seed, world);
  const settings = settingsFor({
    onUnknown,
    sweepEveryMs: (plan.isLong || seed % 2 === 0 ? 60 : 5) * minute,
    requireScan: scan?.required === true,
  });
  const account = new SimulatedAccount(plan.integrations, plan.troubles, world.now);
  const [table, kombo, store] = [new SimulatedTable(world), new SimulatedKombo(people, account), new SimulatedBucket()];
  for (const id of plan.integrations) {
    const lessons = lessonsOf(tool, id, world.now());
    if (lessons) table.write(lessons.pk, lessons);
  }
  const watch = new Watch(world, table, kombo, scan);
  const logged: string[] = [];
  const puts: Put[] = [];
  world.tell(`seed ${seed}: ${JSON.stringify(weather)}, ${onUnknown}, ${JSON.stringify(plan)}`);

  let spawned = 0;
  const invoke = (
    kind: 'upload' | 'schedule',
    timeoutMs: number,
    work: (courier: Courier) => Promise<unknown>,
    done: (failed: boolean) => void,
  ): void => {
    const skewMs = random.below(2 * longestSkewMs) - longestSkewMs;
    const process = world.spawn(`${kind}${++spawned}`, { skewMs, fate: fateIn(weather, random, kind) });
    const faults = komboFaultsIn(weather, random, world.now);
    const parts: Parts = {
      table: tableOf(table, process, world, tableFaultsIn(weather, random)),
      storage: storageOf(store, process, world, readFaultIn(weather, random, kind)),
      transport: transportOf(kombo, process, world, faults, (content) => lastArrival(table, content)),
      links: linksOf(kombo, process, world, faults),
      storedKey: () => account.key(),
    };
    const courier = plant(courierOf(process, random, parts, settings, logged), parts);
    let finished = false;
    const finish = (failed: boolean): void => {
      if (finished) return;
      finished = true;
      done(failed);
    };
    process.onDeath(() => finish(true));
    // A frozen process outlives its timeout, and thaws with all its timers overdue, so their order is random.
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
  /** As Lambda does with an asynchronous event: two retries, then the failure queue, which is not read here. */
  const handle = (work: (courier: Courier) => Promise<unknown>, done: () => void, attempt = 1): void => {
    if (uploadWorkers >= mostUploadWorkers) return void waitingEvents.push(() => handle(work, done, attempt));
    uploadWorkers += 1;
    invoke('upload', functionTimeoutMs, work, (failed) => {
      uploadWorkers -= 1;
      waitingEvents.shift()?.();
      if (!failed) done();
      else if (attempt < 3) world.at(attempt * minute, () => handle(work, done, attempt + 1));
    });
  };
  const notify = (upload: Upload): void => {
    if (!settings.requireScan)
      handle(
        (courier) => before(functionTimeoutMs, courier, (deadline) => deliver(upload, { deadline }, courier)),
        nothing,
      );
  };
  const report = (upload: Upload, verdict: Verdict): void => {
    world.tell(`scan: …${upload.etag.slice(-8)} is ${verdict.code}, at ${new Date(verdict.at).toISOString()}`);
    scan?.began(verdict);
    handle(
      (courier) => before(functionTimeoutMs, courier, (deadline) => noteVerdict(upload, verdict, deadline, courier)),
      () => scan?.ended(verdict),
    );
  };
  const scanPut = (upload: Upload): void =>
    scan?.put(upload, (verdict, afterMs) => void world.at(afterMs, () => report(upload, verdict)));

  let scheduled = 0;
  const runSchedule = (tasks: readonly Task[] = everything): void => {
    if (scheduled >= mostScheduled) return;
    scheduled += 1;
    const [due, startedAt] = [watch.runBegins(), world.now()];
    let hadTime = false;
    invoke(
      'schedule',
      scheduleTimeoutMs,
      async (courier) => {
        hadTime = await runOf(courier, settings.komboTimeoutMs, tasks);
      },
      (failed) => {
        scheduled -= 1;
        watch.runEnds(due, startedAt, !failed && hadTime);
      },
    );
  };

  planStrangers(plan, world, random, kombo);
  planUploads({ seed, plan, more: isSlow || writesLate ? 4 : 0 }, world, random, store, puts, notify, scanPut);
  const everyMs = random.pick([3, 5, 5]) * minute;
  for (let at = 0; at < stormMs; at += everyMs) world.at(at + random.below(minute), () => runSchedule());
  await world.runUntil(world.now() + stormMs);
  // Faults continue for an hour after a long outage, so that the files that waited through it meet them, too.
  const stormyUntil = plan.isLong || random.chance(0.2) ? lastEnd(plan) + 60 * minute : 0;
  while (world.now() < stormyUntil) {
    if (isAnythingDue(table, world.now())) runSchedule();
    await world.runUntil(world.now() + 5 * minute);
  }
  world.calmDown();
  const calmAt = world.now();
  const isFaulty = (pk: string): boolean =>
    plan.poison !== undefined &&
    puts.some(({ upload, content }) => uploadId(upload) === pk && content.includes(poisonMark));
  await untilNothingIsDue(world, table, runSchedule, undefined, () => {
    // When no answer ever comes, no probe can show that a pause has ended.
    if (!weather.losesAll) watch.checkPauses(calmAt, isFaulty);
  });
  watch.checkDirectory();
  const cap = mostUploadWorkers + mostScheduled * parallelism;
  const watched = [...watch.broken, ...(scan?.broken ?? []), ...(scan?.atTheEnd(table.items()) ?? [])];
  return { seed, world, table, kombo, bucket: store, puts, logged, onUnknown, cap, watched, ...weather };
};

/** Scheduled runs without faults until nothing is due, for tests that cause faults in another way. */
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

/** Without the sweep, which finds everything soon after the faults have stopped. */
const dueOnly: readonly Task[] = ['due'];
const everything: readonly Task[] = ['due', 'sweep'];

/** Whether it ended before its deadline. */
const runOf = (courier: Courier, komboTimeoutMs: number, tasks: readonly Task[]): Promise<boolean> =>
  before(scheduleTimeoutMs, courier, async (deadline) => {
    const options = { deadline, parallelism, worstCaseMs: komboTimeoutMs + 30_000 };
    await scheduledRun(tasks, options, { ...courier, putObject: noPut });
    return hasTime(options);
  });

/** Cancels the deadline when the work has ended, as the handlers do. An abort that nothing waits for costs time. */
const before = async <T>(
  timeoutMs: number,
  { clock }: Pick<Courier, 'clock'>,
  work: (deadline: Deadline) => Promise<T>,
): Promise<T> => {
  const deadline = deadlineIn(clock, timeoutMs);
  try {
    return await work(deadline);
  } finally {
    deadline.clear();
  }
};

/**
 * The latest time at which Kombo may list these bytes when it receives them now: a look may release the file 15 minutes after
 * the start of its attempt, and clocks differ.
 */
const lastArrival = (table: SimulatedTable, content: string): number => {
  const etag = etagOf(content);
  return Math.min(
    ...table
      .items()
      .filter(({ pk, status }) => (status === 'sending' || status === 'unknown') && pk.endsWith(etag))
      .map((item) => (fromItem(item).attemptedAt ?? 0) + 15 * minute - 2 * longestSkewMs - minute / 6),
  );
};

/**
 * The schedule continues, but idle times are skipped. Ends when nothing is due any more, or after a long time. The sweep is
 * hourly, and waits half an hour for the verdict of an object: in 20 rounds it has seen all objects, however the clocks differ.
 */
const untilNothingIsDue = async (
  world: World,
  table: SimulatedTable,
  runSchedule: (tasks: readonly Task[]) => void,
  leastRounds = 20,
  afterRun: () => void = () => undefined,
): Promise<void> => {
  for (let round = 0; round < 1_000; round += 1) {
    // At first, the sweep runs even when nothing is due.
    const isEarly = round < leastRounds;
    if (isAnythingDue(table, world.now()) || (isEarly && round % 3 === 0)) runSchedule(isEarly ? everything : dueOnly);
    await world.runUntil(world.now() + 5 * minute);
    afterRun();
    if (isEarly) continue;
    // A few more runs than needed, because frozen ones may still occupy the concurrency of the schedule.
    const next = nextDueAt(table);
    if (next === undefined) return;
    // The length of a pause is checked, so it gets a run when it is due. Other work waits for the next full hour, which
    // halves the number of runs, and with it the time of a history.
    const waitMs = isAnyPaused(table) ? 0 : 55 * minute;
    if (next > world.now()) await world.runUntil(Math.max(next + longestSkewMs, world.now() + waitMs));
  }
};

/** Errors of the library when the table does not answer, or has too many conflicts on one file. Any other is a fault of the code. */
const isExpected = (error: unknown): boolean =>
  error instanceof Error && (error.message === 'The table does not answer.' || error.message.startsWith('Too many '));

export type { Process };

// The type sniffer loads its library with the first file, and a history must not depend on being the first.
await decideContentType({ head: Buffer.from('warm'), filename: 'warm.txt' }, new Set());
