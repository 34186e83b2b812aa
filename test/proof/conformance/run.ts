import { runScript } from '../../../infra/command-line.ts';
import { dynamodbSuite } from './dynamodb/suite.ts';
import { type Options, readOptions, usage } from './options.ts';
import { reportOf } from './report.ts';
import { s3Suite } from './s3/suite.ts';
import type { Suite } from './suite.ts';

const suites: readonly Suite[] = [s3Suite, dynamodbSuite];

const chosenSuites = ({ urls }: Options): readonly Suite[] => {
  const asked = Object.keys(urls);
  return asked.length === 0 ? suites : suites.filter(({ name }) => asked.includes(name));
};

const conformance = async (options: Options): Promise<boolean> => {
  let good = true;
  for (const suite of chosenSuites(options)) {
    const { results, leftOver } = await suite.run({ ...options, url: options.urls[suite.name] });
    console.log(options.json ? JSON.stringify({ suite: suite.name, results }) : reportOf(suite.name, results));
    for (const sentence of leftOver) console.error(`LEFT OVER ${suite.name}: ${sentence}`);
    // A mistyped --only must not look like success.
    if (results.length === 0) console.error(`${suite.name}: no check has "${options.only}" in its name.`);
    good &&= results.length > 0 && leftOver.length === 0 && results.every(({ kind }) => kind !== 'failed');
  }
  return good;
};

const main = async (): Promise<void> => {
  const options = readOptions(process.argv.slice(2));
  if (options.help) console.log(usage);
  else if (!(await conformance(options))) process.exitCode = 1;
};

const explain = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? `conformance: ${error.message}` : undefined;

await runScript('conformance', main, explain);
