import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { addDecided, countDecided, type DecidedByHabit } from './decided.ts';
import { addDigest, digestOf } from './digest.ts';
import { runHistory } from './history.ts';
import { brokenPromises } from './invariants.ts';

/** The seeds to play: from `from` on, until their number or the time is reached. */
export interface Plan {
  readonly from: number;
  readonly seeds: number;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** The results of one thread, or of all. */
export interface Tally {
  readonly histories: number;
  readonly crashes: number;
  readonly posts: number;
  readonly digest: bigint;
  /** Lost answers by habit of the tool, and how many of them needed no operator. */
  readonly decided: DecidedByHabit;
  /** Whole histories of the first failures, only the sentences of the others. */
  readonly failures: readonly string[];
}

/** The number of seeds given to threads. Shared, so that the seeds played have no gap. */
type HandedOut = Int32Array;
type Progress = (played: number) => void;

export const seedsFrom = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => first + index);

const blockSize = 10;
const mostHistoriesShown = 3;

const playBlocks = async ({ from, seeds, until }: Plan, handedOut: HandedOut, progress: Progress): Promise<Tally> => {
  let [histories, crashes, posts, digest] = [0, 0, 0, 0n];
  const failures: string[] = [];
  const decided: DecidedByHabit = new Map();
  while (Date.now() < until) {
    const first = Atomics.add(handedOut, 0, blockSize);
    const size = Math.min(blockSize, seeds - first);
    if (size <= 0) break;
    for (let seed = from + first; seed < from + first + size; seed += 1) {
      const ended = await runHistory(seed);
      histories += 1;
      crashes += ended.world.crashes();
      posts += ended.kombo.posts;
      digest = addDigest(digest, digestOf(ended));
      countDecided(ended, decided);
      const broken = brokenPromises(ended);
      if (broken.length === 0) continue;
      const lines = failures.length < mostHistoriesShown ? ended.world.history : [`seed ${seed}:`];
      failures.push([...lines, ...broken].join('\n'));
    }
    progress(size);
  }
  return { histories, crashes, posts, digest, decided, failures };
};

export const playOnAllCores = async (plan: Plan, progress: Progress): Promise<Tally> => {
  const handedOut: HandedOut = new Int32Array(new SharedArrayBuffer(4));
  const threads = Array.from({ length: availableParallelism() }, () => inThread(plan, handedOut, progress));
  const tallies = await Promise.all(threads);
  const decided: DecidedByHabit = new Map();
  for (const tally of tallies) for (const [condition, one] of tally.decided) addDecided(decided, condition, one);
  return {
    decided,
    histories: sum(tallies, ({ histories }) => histories),
    crashes: sum(tallies, ({ crashes }) => crashes),
    posts: sum(tallies, ({ posts }) => posts),
    digest: tallies.reduce((all, { digest }) => addDigest(all, digest), 0n),
    failures: tallies.flatMap(({ failures }) => failures),
  };
};

const sum = (tallies: readonly Tally[], of: (tally: Tally) => number): number =>
  tallies.reduce((total, tally) => total + of(tally), 0);

const inThread = (plan: Plan, handedOut: HandedOut, progress: Progress): Promise<Tally> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { plan, handedOut } });
    worker.on('message', (message: number | Tally) =>
      typeof message === 'number' ? progress(message) : resolve(message),
    );
    worker.on('error', reject);
  });

if (!isMainThread && workerData?.handedOut) {
  const { plan, handedOut }: { plan: Plan; handedOut: HandedOut } = workerData;
  parentPort?.postMessage(await playBlocks(plan, handedOut, (played) => parentPort?.postMessage(played)));
}
