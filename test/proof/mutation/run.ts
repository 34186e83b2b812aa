import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Stryker } from '@stryker-mutator/core';
import { readFlags, runScript, UsageError } from '../../../infra/command-line.ts';
import { equivalents } from './equivalents.ts';
import { type Group, groups } from './groups.ts';
import { isEnough, judge, leastScore, type Mutant, report } from './judge.ts';

const usage = `npm run mutate -- [options]

Makes small changes to the product's code, one at a time, and runs the tests that must notice them. Prints each change that
no test noticed and that test/proof/mutation/equivalents.ts does not explain. Exit code 1: less than ${leastScore} % of a
group was noticed or explained, or an entry no longer explains a change. Pages with all changes: artifacts/mutation/.

  --only NAME   one group: ${groups.map(({ name }) => name).join(', ')}
  --jobs N      changes to test concurrently (default 2)
`;

type MutantResult = Awaited<ReturnType<Stryker['runMutationTest']>>[number];

const root = path.join(import.meta.dirname, '../../..');

/**
 * Stryker as a library, because each group has its own tests. stryker.json names a tsconfig file that does not exist, because
 * TypeScript 7 has no API with which Stryker could read one. Types are not checked, because Vitest strips them.
 */
const mutantsOf = async ({ name, files, tests }: Group, jobs: number): Promise<readonly MutantResult[]> => {
  process.env.MUTATION_TESTS = tests.flatMap((glob) => globSync(glob, { cwd: root }).sort()).join(',');
  const stryker = new Stryker({
    configFile: 'test/proof/mutation/stryker.json',
    mutate: [...files],
    concurrency: jobs,
    htmlReporter: { fileName: `artifacts/mutation/${name}.html` },
    jsonReporter: { fileName: `artifacts/mutation/${name}.json` },
  });
  return stryker.runMutationTest();
};

const textBetween = (lines: readonly string[], { start, end }: MutantResult['location']): string => {
  const text = lines.slice(start.line - 1, end.line);
  text[text.length - 1] = (text.at(-1) ?? '').slice(0, end.column - 1);
  text[0] = (text[0] ?? '').slice(start.column - 1);
  return oneLine(text.join('\n'));
};

/** Without the line breaks and indentation of the formatter. */
const oneLine = (code: string): string => code.replaceAll(/\s*\n\s*/g, ' ');

const read = (result: MutantResult): Mutant => {
  const lines = readFileSync(result.fileName, 'utf8').split('\n');
  const { line } = result.location.start;
  return {
    file: path.relative(root, result.fileName),
    line,
    source: (lines[line - 1] ?? '').trim(),
    mutator: result.mutatorName,
    original: textBetween(lines, result.location),
    replacement: oneLine(result.replacement),
    status: result.status,
    testsCompleted: result.testsCompleted,
  };
};

const main = async (): Promise<void> => {
  const { values } = readFlags({
    options: {
      only: { type: 'string' },
      jobs: { type: 'string', default: '2' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(usage);
  const jobs = Number(values.jobs);
  const chosen = groups.filter(({ name }) => values.only === undefined || name === values.only);
  if (!Number.isInteger(jobs) || jobs < 1)
    throw new UsageError(`--jobs "${values.jobs}" is not a whole number above 0.`);
  if (chosen.length === 0)
    throw new UsageError(
      `There is no group "${values.only}". The groups are: ${groups.map(({ name }) => name).join(', ')}.`,
    );
  for (const group of chosen) {
    const startedAt = performance.now();
    const judgement = judge((await mutantsOf(group, jobs)).map(read), equivalents);
    console.log(report(group.name, judgement, Math.round((performance.now() - startedAt) / 1_000)));
    if (!isEnough(judgement)) process.exitCode = 1;
  }
};

await runScript('mutate', main);
