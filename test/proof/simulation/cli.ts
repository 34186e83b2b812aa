import { readFlags, runScript, UsageError } from '../../../infra/command-line.ts';
import { decidedLines } from './decided.ts';
import { digestOf, digestText } from './digest.ts';
import { everyInterleaving } from './exhaustive.ts';
import { runHistory } from './history.ts';
import { brokenPromises } from './invariants.ts';
import { playOnAllCores, type Tally } from './play.ts';

const usage = `npm run simulate -- [options]

  --seeds N     histories to play (default 2000)
  --minutes N   play for this time instead, from a new first seed unless --from names one
  --from N      first seed (default 1); a single seed prints its whole history
  --exhaustive  also every interleaving of two workers on one upload, with up to two crashes
  --json        the summary as JSON

The digest covers everything that happened: the same seeds give the same digest, on any machine and any number of cores.
`;

const main = async (): Promise<void> => {
  const { values } = readFlags({
    options: {
      seeds: { type: 'string', default: '2000' },
      minutes: { type: 'string' },
      from: { type: 'string' },
      exhaustive: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const minutes = values.minutes === undefined ? undefined : Number(values.minutes);
  const seeds = minutes === undefined ? Number(values.seeds) : mostSeeds;
  const from = values.from === undefined ? firstSeed(minutes) : Number(values.from);
  const isRight = (minutes === undefined || minutes > 0) && seeds >= 1 && Number.isInteger(seeds) && isSeed(from);
  if (values.help) return console.log(usage);
  if (!isRight) {
    throw new UsageError('--seeds, --minutes and --from must be whole numbers above 0.');
  }
  if (seeds === 1) return showHistory(from);
  const startedAt = performance.now();
  const until = minutes === undefined ? Number.POSITIVE_INFINITY : Date.now() + minutes * 60_000;
  const tally = await playOnAllCores({ from, seeds, until }, progressOnTerminal());
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  const exhaustive = values.exhaustive ? await everyInterleaving(2) : undefined;
  const failures = [...tally.failures, ...(exhaustive?.failures ?? [])];
  for (const failure of failures) console.log(`${failure}\n`);
  const summary = {
    from,
    ...tally,
    digest: digestText(tally.digest),
    decided: Object.fromEntries(tally.decided),
    failures: failures.length,
    seconds: Math.round((performance.now() - startedAt) / 100) / 10,
    ...(exhaustive && { exhaustive: { ...exhaustive, failures: exhaustive.failures.length } }),
  };
  if (values.json) console.log(JSON.stringify(summary));
  else console.log([...decidedLines(tally.decided), ...sentences(summary)].join('\n'));
  process.exitCode = failures.length > 0 ? 1 : 0;
};

/** The random numbers have 32 bits of state, so larger seeds would repeat histories. */
const mostSeeds = 2 ** 31 - 1;
const isSeed = (seed: number): boolean => Number.isInteger(seed) && seed > 0;

/** A run for a given time looks for new histories; a run of a number of seeds is for comparison. */
const firstSeed = (minutes: number | undefined): number =>
  minutes === undefined ? 1 : 1 + Math.floor(Math.random() * mostSeeds);

const showHistory = async (seed: number): Promise<void> => {
  const ended = await runHistory(seed);
  const broken = brokenPromises(ended);
  console.log([...ended.world.history, ...(broken.length > 0 ? broken : ['every promise was kept'])].join('\n'));
  console.log(`digest ${digestText(digestOf(ended))}`);
  process.exitCode = broken.length > 0 ? 1 : 0;
};

const progressOnTerminal = (): ((played: number) => void) => {
  let all = 0;
  return (played) => {
    all += played;
    if (process.stderr.isTTY) process.stderr.write(`\r${all} histories`);
  };
};

type Summary = Pick<Tally, 'histories' | 'crashes' | 'posts'> & {
  readonly from: number;
  readonly failures: number;
  readonly seconds: number;
  readonly digest: string;
  readonly exhaustive?: { readonly histories: number; readonly crashes: number };
};

const sentences = ({ from, exhaustive, ...all }: Summary): readonly string[] => [
  `${all.histories} histories from seed ${from}: ${all.crashes} crashes, ${all.posts} complete POSTs, ` +
    `${all.failures} broken promises, ${all.seconds} s, digest ${all.digest}.`,
  ...(exhaustive
    ? [`Every interleaving of two workers: ${exhaustive.histories} histories, ${exhaustive.crashes} crashes.`]
    : []),
];

await runScript('simulate', main);
