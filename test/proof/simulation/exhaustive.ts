import { createHash } from 'node:crypto';
import type { Courier } from '../../../lib/courier.ts';
import { deadlineIn } from '../../../lib/deadline.ts';
import { deliver } from '../../../lib/delivery/deliver.ts';
import { bucket, courierOf, integrationId, type Parts, secrets, settingsFor } from './courier.ts';
import { type Ended, type Plant, recover } from './history.ts';
import { brokenPromises } from './invariants.ts';
import { randomFrom } from './random.ts';
import { type KomboFaults, SimulatedKombo, transportOf } from './simulated-kombo.ts';
import { linksOf } from './simulated-links.ts';
import { SimulatedBucket, storageOf } from './simulated-storage.ts';
import { SimulatedTable, tableOf } from './simulated-table.ts';
import { lessonsOf, type SimulatedTool } from './simulated-tool.ts';
import { createWorld, type Process, type World } from './world.ts';

export interface ExhaustiveReport {
  /** Different orders of the steps of both workers, with and without crashes. */
  readonly histories: number;
  readonly crashes: number;
  /** The longest of them, in steps. */
  readonly mostSteps: number;
  /** Broken promises, each with its history. */
  readonly failures: readonly string[];
}

/** When to stop. With a bug that lets both workers send there are too many orders to play all of them. */
export type Until = 'all' | 'first-failure';

/**
 * `on copies`: each on its own upload, with the same key and bytes under another ETag; the first object was replaced after it
 * had been opened. Then both run to the end, so only the steps that affect the other are played in every order.
 */
export type Workers = 'on one upload' | 'on copies';
/** No lane is ever paused here, so the time at which a worker reads its lanes does not matter. */
const decidesOnOneUpload = /^(?!table get lane)/;
const seenByCopies = /^table (put|query candidate|batch get)|^kombo (write|answer)/;

/**
 * One upload, two workers that get its event at the same time, and every order in which their steps can happen, with at
 * most `mostCrashes` workers crashing before or after any step. Nothing is random: each history is played once.
 */
export const everyInterleaving = async (
  mostCrashes: number,
  plant: Plant = (courier) => courier,
  until: Until = 'all',
  workers: Workers = 'on one upload',
): Promise<ExhaustiveReport> => {
  const tree = choiceTree();
  const failures: string[] = [];
  let [histories, crashes, mostSteps] = [0, 0, 0];
  do {
    const { ended, steps } = await play(tree.choose, mostCrashes, plant, workers);
    histories += 1;
    crashes += ended.world.crashes();
    mostSteps = Math.max(mostSteps, steps);
    const broken = brokenPromises(ended);
    if (broken.length > 0) failures.push([...ended.world.history, ...broken].join('\n'));
  } while (!(until === 'first-failure' && failures.length > 0) && tree.advance());
  return { histories, crashes, mostSteps, failures };
};

/** Depth-first through all choices: the last choice with another option takes it, and all later choices start again. */
const choiceTree = () => {
  const path: { taken: number; options: number }[] = [];
  let depth = 0;
  return {
    choose: (options: number): number => {
      path[depth] ??= { taken: 0, options };
      const choice = path[depth];
      depth += 1;
      return choice?.taken ?? 0;
    },
    advance: (): boolean => {
      depth = 0;
      for (let last = path.at(-1); last; last = path.at(-1)) {
        last.taken += 1;
        if (last.taken < last.options) return true;
        path.pop();
      }
      return false;
    },
  };
};

/** A tool that renames files and reports no dates. Everything that can be learnt about it is known from the start. */
const tool: SimulatedTool = { habits: ['renamed'], converts: 'nobody', learnt: true };

interface Pending {
  readonly worker: number;
  readonly run: () => void;
  readonly die: (when: 'before' | 'after') => void;
}

const play = async (
  choose: (options: number) => number,
  mostCrashes: number,
  plant: Plant,
  workers: Workers,
): Promise<{ ended: Ended; steps: number }> => {
  const random = randomFrom(1);
  const world = createWorld(random);
  const [table, kombo] = [new SimulatedTable(world), new SimulatedKombo()];
  const settings = settingsFor({ onUnknown: 'read-back' });
  const logged: string[] = [];
  const content = `${secrets.content} of one CV`;
  const key = `candidates/GRKcandidateOne/${secrets.person} ${secrets.surname}.txt`;
  const etag = createHash('md5').update(content).digest('hex');
  const uploads = (workers === 'on copies' ? [etag, `copy-${etag}`] : [etag, etag]).map((each) => ({
    ...{ bucket, key, etag: each, sizeBytes: content.length },
  }));
  const storeOf = (own: string): SimulatedBucket => {
    const bucketThen = new SimulatedBucket();
    bucketThen.files.set(key, { key, etag: own, content: Buffer.from(content), modifiedAt: world.now() });
    return bucketThen;
  };
  const store = storeOf(uploads.at(-1)?.etag ?? etag);
  const lessons = lessonsOf(tool, integrationId, world.now());
  if (lessons) table.write(lessons.pk, lessons);

  const depsFor = (process: Process, files = store): Courier => {
    const faults: KomboFaults = {
      tool,
      hostDown: () => false,
      post: () => ({ kind: 'attaches', stores: true, workMs: 0, listingLagMs: 0 }),
      get: () => undefined,
    };
    const parts: Parts = {
      table: tableOf(table, process, world, { unavailable: () => false, lostAnswer: () => false, staleMs: () => 0 }),
      storage: storageOf(files, process, world, () => undefined),
      transport: transportOf(kombo, process, world, faults),
      links: linksOf(kombo, process, world, faults),
    };
    return plant(courierOf(process, random, parts, settings, logged), parts);
  };

  const pending: Pending[] = [];
  const isChosen = workers === 'on copies' ? seenByCopies : decidesOnOneUpload;
  for (const [worker, upload] of uploads.entries()) {
    const process = chosenProcess(`worker${worker}`, worker, world, pending, isChosen);
    const courier = depsFor(process, storeOf(upload.etag));
    // A worker that crashes never finishes, so it is not awaited.
    void deliver(upload, { deadline: deadlineIn(courier.clock, 300_000) }, courier);
  }

  let steps = 0;
  let crashesLeft = mostCrashes;
  for (;;) {
    await world.runUntil(world.now() + 5);
    // A worker that gives the other time to settle sleeps for at most a second.
    if (pending.length === 0) await world.runUntil(world.now() + 2_000);
    const deaths = crashesLeft > 0 ? 3 : 1;
    if (pending.length === 0) break;
    const choice = choose(pending.length * deaths);
    const [next] = pending.splice(Math.floor(choice / deaths), 1);
    steps += 1;
    const fate = choice % deaths;
    if (fate === 0) next?.run();
    else {
      crashesLeft -= 1;
      next?.die(fate === 1 ? 'before' : 'after');
      // The other steps in progress of a crashed process end with it.
      for (let at = pending.length - 1; at >= 0; at -= 1)
        if (pending[at]?.worker === next?.worker) pending.splice(at, 1);
    }
  }
  world.calmDown();
  await recover(world, table, (process) => depsFor(process), settings.komboTimeoutMs);
  const target = { kind: 'candidate', id: 'GRKcandidateOne', integrationId } as const;
  const puts = uploads.map((upload) => ({ upload, target, content }));
  return {
    ended: {
      seed: 0,
      world,
      table,
      kombo,
      bucket: store,
      puts,
      logged,
      onUnknown: 'read-back',
      cap: 8,
      tool,
      losesRight: false,
      watched: [],
    },
    steps,
  };
};

/** A process whose steps of these names wait until they are chosen; its other steps happen immediately. */
const chosenProcess = (name: string, worker: number, world: World, pending: Pending[], isChosen: RegExp): Process => {
  const kind = { latencyMs: () => 0, crash: () => undefined, freezeMs: () => 0 } as const;
  const process = world.spawn(name, { skewMs: 0, fate: kind });
  return {
    ...process,
    step: (label, effect) =>
      new Promise((resolve, reject) => {
        const perform = (): (() => void) => {
          try {
            const value = effect();
            return () => resolve(value);
          } catch (error) {
            return () => reject(error);
          }
        };
        if (!isChosen.test(label)) return void perform()();
        pending.push({
          worker,
          run: () => {
            world.tell(`${name}: ${label}`);
            perform()();
          },
          die: (when) => {
            if (when === 'after') perform();
            process.kill(`${when} ${label}`);
          },
        });
      }),
  };
};
