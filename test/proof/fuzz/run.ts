import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { type Surface, surfaces } from './surfaces.ts';

const usage = `npm run fuzz -- [options]

  --minutes N   how long, over all surfaces (2)
  --seed N      instead of a fresh one; a failure prints the command that repeats it
  --only TEXT   only the surfaces whose name has this text
`;

/** A case that takes longer stands still: the ordinary ones take milliseconds, on a loaded machine as well. */
const hangMs = 30_000;

interface Played {
  readonly cases: number;
  readonly slowestMs: number;
  readonly failure?: string;
}

const play = async ({ input, give }: Surface, seed: number, forMs: number): Promise<Played> => {
  let [cases, slowestMs] = [0, 0];
  const property = fc.asyncProperty(input, async (given) => {
    const startedAt = performance.now();
    await give(given);
    cases += 1;
    slowestMs = Math.max(slowestMs, performance.now() - startedAt);
  });
  const details = await fc.check(property, {
    seed,
    numRuns: Number.MAX_SAFE_INTEGER,
    interruptAfterTimeLimit: forMs,
    timeout: hangMs,
  });
  // Interrupted is how every run without a failure ends.
  const isFailed = details.failed && !(details.interrupted && details.counterexample === null);
  const { errorInstance: error } = details;
  const places = error instanceof Error ? error.stack : String(error);
  return { cases, slowestMs, ...(isFailed && { failure: `${fc.defaultReportMessage(details)}\n\n${places}` }) };
};

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '2' },
      seed: { type: 'string' },
      only: { type: 'string', default: '' },
      help: { type: 'boolean', default: false },
    },
  });
  const minutes = Number(values.minutes);
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
  const chosen = surfaces.filter(({ name }) => name.includes(values.only));
  if (values.help) return console.log(usage);
  if (!(minutes > 0) || !Number.isInteger(seed) || chosen.length === 0) {
    console.error(`--minutes takes a number above 0, --seed a whole number, --only a text of a name.\n\n${usage}`);
    process.exitCode = 1;
    return;
  }
  console.log(`Seed ${seed}.`);
  for (const surface of chosen) {
    const { cases, slowestMs, failure } = await play(surface, seed, (minutes * 60_000) / chosen.length);
    console.log(`${surface.name}: ${cases} cases, the slowest took ${Math.ceil(slowestMs)} ms.`);
    if (failure === undefined) continue;
    console.log(`${failure}\n\nnpm run fuzz -- --seed ${seed} --only "${surface.name}"`);
    process.exitCode = 1;
  }
  console.log(`Most memory: ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB.`);
};

await main();
