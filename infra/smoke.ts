import { runScript } from './command-line.ts';
import { InvokeError } from './invoke/errors.ts';
import { sampleBytes } from './local/sample.ts';
import { parseCommandLine, usage } from './smoke/command-line.ts';
import { deployedStack } from './smoke/deployment.ts';
import { runSmoke } from './smoke/run.ts';

/** Each poll is an invocation of on-demand. */
const pollMs = 2_000;

/** `npm run smoke`: sends an invented CV through a deployed stage, and prints how long each step took. */
const main = async (): Promise<void> => {
  const options = parseCommandLine(process.argv.slice(2));
  if (options === 'help') return console.log(usage);
  const isAttached = await runSmoke({
    options,
    deployment: await deployedStack(options.place, options.region),
    sample: await sampleBytes(),
    pollMs,
    print: (line) => console.log(line),
  });
  process.exitCode = isAttached ? 0 : 1;
};

await runScript('smoke', main, (error) => (error instanceof InvokeError ? error.message : undefined));
