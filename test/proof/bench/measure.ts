import { stat } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { parallelDeliveries } from '../../../lib/limits.ts';
import { contenders } from './contenders.ts';
import { costsOf } from './cost.ts';
import { type Plan, inTurns as runInTurns, type Subject } from './in-turns.ts';
import { buildImports, makeupOf } from './makeup.ts';
import type { BenchOptions } from './options.ts';
import type { Progress } from './progress.ts';
import { cvBytes, oneFileOf, type Stage } from './stage.ts';
import type { TrialResult } from './trial-terms.ts';

/** Files that a process has delivered before its measured file. */
const warmUps = 5;
/** A process that only loads its handler. */
const nothing = { sizeBytes: cvBytes, count: 0, concurrency: 1 };

const memoryAndTime = ({ peakBytes, wallMs, cpuMs }: TrialResult) => ({ peakBytes, wallMs, cpuMs });

/**
 * The largest load of one invocation of on-upload: as many files of 10 MB as it delivers concurrently, in one event. This
 * decides how much memory a function needs.
 * For ours they are for different integrations, because one integration's share of Kombo's calls would let only some of them
 * start. The peers process the records of an event one after another.
 */
const bursts = [
  { contender: 'ours', inOneEvent: 'meeting' },
  { contender: 'naive', inOneEvent: 'in turn' },
  { contender: 'sdk', inOneEvent: 'in turn' },
] as const;
const burst = { files: parallelDeliveries, sizeMb: 10 };

/** All results of one run of the bench. */
export type Numbers = Awaited<ReturnType<typeof measure>>;

/** All measurements, one after another, because concurrent ones would disturb each other. */
export const measure = async (stage: Stage, options: BenchOptions, progress: Progress) => {
  const { functions, modules } = stage.built;
  const { repeats, sizesMb, cvs } = options;
  const inTurns = <About extends object, Name extends string>(plan: Plan<Name>, subjects: readonly Subject<About>[]) =>
    runInTurns(plan, subjects, stage, progress);

  const handlers = [
    ...functions.map(({ name, modulePath }) => ({ name, modulePath, delivers: name === 'on-upload' })),
    { name: 'naive', modulePath: modules.naive, delivers: true },
    { name: 'sdk', modulePath: modules.sdk, delivers: true },
    { name: 'bare', modulePath: modules.bare, delivers: false },
  ];
  const coldStarts = await inTurns(
    {
      title: 'cold start',
      repeats: options.coldStarts,
      numbersOf: ({ readyMs, importMs, importCpuMs, firstMs }) => ({ readyMs, importMs, importCpuMs, firstMs }),
    },
    await Promise.all(
      handlers.map(async ({ name, modulePath, delivers }) => ({
        about: { name, bundleBytes: (await stat(modulePath)).size },
        modulePath,
        load: nothing,
        warmUps: delivers ? 1 : 0,
      })),
    ),
  );
  const imports = await inTurns(
    {
      title: 'imports',
      repeats: options.coldStarts,
      numbersOf: ({ importMs, importCpuMs }) => ({ importMs, importCpuMs }),
    },
    (await buildImports(stage.folder)).map(({ part, modulePath }) => ({
      about: { part },
      modulePath,
      load: nothing,
      warmUps: 0,
    })),
  );
  const files = await inTurns(
    { title: 'files', repeats, numbersOf: memoryAndTime },
    sizesMb.flatMap((sizeMb) =>
      contenders.map((contender) => ({
        about: { contender, sizeMb },
        modulePath: modules[contender],
        load: oneFileOf(sizeMb),
        warmUps,
      })),
    ),
  );
  const burstNumbers = await inTurns(
    { title: 'files in one event', repeats, numbersOf: ({ peakBytes }) => ({ peakBytes }) },
    bursts.map(({ contender, inOneEvent }) => ({
      about: { contender, ...burst },
      modulePath: modules[contender],
      load: { ...oneFileOf(burst.sizeMb), count: burst.files, inOneEvent },
      warmUps,
    })),
  );
  /** One look at a target that lists one file. */
  const looks = await inTurns(
    { title: 'looks', repeats, numbersOf: memoryAndTime },
    [1, 100].map((sizeMb) => ({ about: { sizeMb }, modulePath: modules.look, load: oneFileOf(sizeMb), warmUps })),
  );
  const cvNumbers = await inTurns(
    {
      title: 'CVs',
      repeats,
      numbersOf: ({ cpuMs, wallMs, gcMs }) => ({
        cpuMsPerCv: cpuMs / cvs.count,
        wallMsPerCv: wallMs / cvs.count,
        cvsPerSecond: (cvs.count * 1_000) / wallMs,
        // Share of the time in which the garbage collector paused the program.
        gcShare: gcMs / wallMs,
      }),
    },
    [1, 10].flatMap((concurrency) =>
      contenders.map((contender) => ({
        about: { contender, concurrency },
        modulePath: modules[contender],
        load: { sizeBytes: cvBytes, count: cvs.count, concurrency },
        warmUps: cvs.warmUp,
      })),
    ),
  );
  const onUpload = functions.find(({ name }) => name === 'on-upload');
  return {
    machine: { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cores: availableParallelism() },
    files,
    bursts: burstNumbers,
    looks,
    cvs: cvNumbers,
    coldStarts,
    imports: imports.toSorted((a, b) => b.importMs.median - a.importMs.median),
    makeup: onUpload ? await makeupOf(onUpload) : [],
    costs: costsOf({ bursts: burstNumbers, cvs: cvNumbers }),
  };
};
