import { InvokeError, UsageError } from './invoke/errors.ts';
import { sampleBytes } from './local/sample.ts';
import { parseCommandLine, usage } from './smoke/command-line.ts';
import { deployedStage } from './smoke/deployment.ts';
import { runSmoke } from './smoke/run.ts';

/** Each question is an invocation of on-demand. */
const pollMs = 2_000;

/** `npm run smoke`: carries an invented CV through a deployed stage, and says how long each step took. */
const main = async (): Promise<number> => {
  const options = parseCommandLine(process.argv.slice(2));
  if (options === 'help') {
    console.log(usage);
    return 0;
  }
  const isAttached = await runSmoke({
    options,
    deployment: await deployedStage(options.stage, options.region),
    sample: await sampleBytes(),
    pollMs,
    print: (line) => console.log(line),
  });
  return isAttached ? 0 : 1;
};

try {
  process.exitCode = await main();
} catch (error) {
  const isExpected = error instanceof UsageError || error instanceof InvokeError;
  console.error(isExpected ? error.message : error);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
