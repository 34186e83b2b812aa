import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { addDecided, countDecided, type DecidedByHabit, decidedLines } from './decided.ts';
import { everyInterleaving } from './exhaustive.ts';
import { runHistory } from './history.ts';
import { brokenPromises } from './invariants.ts';

const usage = `npm run simulate -- [options]

  --seeds N     histories to play (2000)
  --from N      first seed (1); one seed alone prints its whole history
  --exhaustive  also every interleaving of two workers on one upload, with up to two crashes
  --json        the summary as JSON
`;

/** What one thread has seen. */
interface Tally {
  readonly histories: number;
  readonly crashes: number;
  readonly posts: number;
  /** Lost answers by habit of the tool, and how many of them needed no operator. */
  readonly decided: DecidedByHabit;
  /** Whole histories of the first failures, bare sentences of the others. */
  readonly failures: readonly string[];
}

const mostHistoriesShown = 3;

const playSeeds = async (
  from: number,
  step: number,
  count: number,
  progress: (played: number) => void,
): Promise<Tally> => {
  let [crashes, posts] = [0, 0];
  const failures: string[] = [];
  const decided: DecidedByHabit = new Map();
  for (let played = 0; played < count; played += 1) {
    const seed = from + played * step;
    const ended = await runHistory(seed);
    crashes += ended.world.crashes();
    posts += ended.kombo.posts;
    countDecided(ended, decided);
    const broken = brokenPromises(ended);
    if (broken.length > 0) {
      const lines =
        failures.length < mostHistoriesShown ? [...ended.world.history, ...broken] : [`seed ${seed}:`, ...broken];
      failures.push(lines.join('\n'));
    }
    if (played % 50 === 49) progress(50);
  }
  progress(count % 50);
  return { histories: count, crashes, posts, decided, failures };
};

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '2000' },
      from: { type: 'string', default: '1' },
      exhaustive: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const [seeds, from] = [Number(values.seeds), Number(values.from)];
  if (values.help || !(seeds >= 1) || !Number.isInteger(from)) return console.log(usage);
  if (seeds === 1) {
    const ended = await runHistory(from);
    const broken = brokenPromises(ended);
    console.log([...ended.world.history, ...(broken.length > 0 ? broken : ['every promise was kept'])].join('\n'));
    process.exitCode = broken.length > 0 ? 1 : 0;
    return;
  }
  const startedAt = performance.now();
  const tally = await playOnAllCores(from, seeds);
  const exhaustive = values.exhaustive ? await everyInterleaving(2) : undefined;
  const failures = [...tally.failures, ...(exhaustive?.failures ?? [])];
  for (const failure of failures) console.log(`${failure}\n`);
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
  const summary = {
    from,
    ...tally,
    decided: Object.fromEntries(tally.decided),
    failures: failures.length,
    seconds,
    ...(exhaustive && { exhaustive: { ...exhaustive, failures: exhaustive.failures.length } }),
  };
  if (values.json) console.log(JSON.stringify(summary));
  else console.log([...decidedLines(tally.decided), sentence(summary)].join('\n'));
  process.exitCode = failures.length > 0 ? 1 : 0;
};

const sentence = ({
  from,
  histories,
  crashes,
  posts,
  failures,
  seconds,
  exhaustive,
}: {
  from: number;
  histories: number;
  crashes: number;
  posts: number;
  failures: number;
  seconds: number;
  exhaustive?: { histories: number; crashes: number };
}): string =>
  [
    `${histories} histories from seed ${from}: ${crashes} crashes, ${posts} complete POSTs, ${failures} broken promises, ${seconds} s.`,
    ...(exhaustive
      ? [`Every interleaving of two workers: ${exhaustive.histories} histories, ${exhaustive.crashes} crashes.`]
      : []),
  ].join('\n');

const playOnAllCores = async (from: number, seeds: number): Promise<Tally> => {
  const threads = Math.min(availableParallelism(), seeds);
  let played = 0;
  const progress = (more: number): void => {
    played += more;
    if (process.stderr.isTTY) process.stderr.write(`\r${played} of ${seeds} histories`);
  };
  const tallies = await Promise.all(
    Array.from({ length: threads }, (_, index) => {
      const count = Math.ceil((seeds - index) / threads);
      return inThread({ from: from + index, step: threads, count }, progress);
    }),
  );
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  const decided: DecidedByHabit = new Map();
  for (const tally of tallies) for (const [condition, one] of tally.decided) addDecided(decided, condition, one);
  return {
    decided,
    histories: sum(tallies, ({ histories }) => histories),
    crashes: sum(tallies, ({ crashes }) => crashes),
    posts: sum(tallies, ({ posts }) => posts),
    failures: tallies.flatMap(({ failures }) => failures),
  };
};

const sum = (tallies: readonly Tally[], of: (tally: Tally) => number): number =>
  tallies.reduce((total, tally) => total + of(tally), 0);

interface Share {
  readonly from: number;
  readonly step: number;
  readonly count: number;
}

const inThread = (share: Share, progress: (more: number) => void): Promise<Tally> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: share });
    worker.on('message', (message: number | Tally) =>
      typeof message === 'number' ? progress(message) : resolve(message),
    );
    worker.on('error', reject);
  });

if (isMainThread) await main();
else {
  const { from, step, count }: Share = workerData;
  parentPort?.postMessage(await playSeeds(from, step, count, (more) => parentPort?.postMessage(more)));
}
