import fc from 'fast-check';
import { readFlags, runScript, UsageError } from '../../../infra/command-line.ts';
import { type Surface, surfaces } from './surfaces.ts';

const usage = `npm run fuzz -- [options]

  --minutes N   total time for all surfaces (default 2)
  --seed N      this seed instead of a new one; a failure prints the command that repeats it
  --only TEXT   only the surfaces with this text in their names
`;

/** A case that takes longer hangs: ordinary ones take milliseconds, even on a loaded machine. */
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
  // Every run without a failure ends by this interruption.
  const isFailed = details.failed && !(details.interrupted && details.counterexample === null);
  const { errorInstance: error } = details;
  const places = error instanceof Error ? error.stack : String(error);
  return { cases, slowestMs, ...(isFailed && { failure: `${fc.defaultReportMessage(details)}\n\n${places}` }) };
};

const main = async (): Promise<void> => {
  const { values } = readFlags({
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
  if (!(minutes > 0)) throw new UsageError(`--minutes "${values.minutes}" is not a number above 0.`);
  if (!Number.isInteger(seed)) throw new UsageError(`--seed "${values.seed}" is not a whole number.`);
  if (chosen.length === 0) {
    const names = surfaces.map(({ name }) => name).join(', ');
    throw new UsageError(`No surface has "${values.only}" in its name. The surfaces are: ${names}.`);
  }
  console.log(`Seed ${seed}.`);
  for (const surface of chosen) {
    const { cases, slowestMs, failure } = await play(surface, seed, (minutes * 60_000) / chosen.length);
    console.log(`${surface.name}: ${cases} cases, the slowest took ${Math.ceil(slowestMs)} ms.`);
    if (failure === undefined) continue;
    console.log(`${failure}\n\nnpm run fuzz -- --seed ${seed} --only "${surface.name}"`);
    process.exitCode = 1;
  }
  console.log(`Peak memory: ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB.`);
};

await runScript('fuzz', main);
