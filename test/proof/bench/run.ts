import { writeFile } from 'node:fs/promises';
import { BundleError } from '../../../infra/bundle.ts';
import { runScript } from '../../../infra/command-line.ts';
import { BenchError } from './bench-error.ts';
import { chartOf } from './chart.ts';
import { measure } from './measure.ts';
import { type BenchOptions, readOptions, usage } from './options.ts';
import { progressOn } from './progress.ts';
import { reportOf } from './report.ts';
import { setStage } from './stage.ts';

const bench = async (options: BenchOptions): Promise<void> => {
  const { progress, done } = progressOn(process.stderr);
  let stop = async (): Promise<void> => undefined;
  const leave = (code: number) => () => {
    done();
    void stop().finally(() => process.exit(code));
  };
  process.once('SIGINT', leave(130));
  process.once('SIGTERM', leave(143));
  try {
    progress('building');
    const stage = await setStage((way) => {
      stop = way;
    });
    const numbers = await measure(stage, options, progress);
    done();
    console.log(reportOf(numbers));
    if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(numbers, undefined, 2)}\n`);
    if (options.chart !== undefined) await writeFile(options.chart, chartOf(numbers.files));
  } finally {
    done();
    await stop();
  }
};

const explain = (error: unknown): string | undefined => {
  const isKnown = error instanceof BenchError || error instanceof BundleError;
  return isKnown || (error instanceof Error && 'code' in error) ? `bench: ${error.message}` : undefined;
};

const main = async (): Promise<void> => {
  const options = readOptions(process.argv.slice(2));
  if (options.help) console.log(usage);
  else await bench(options);
};

await runScript('bench', main, explain);
