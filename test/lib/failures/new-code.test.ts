import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { EventFailure } from '../../../lib/failures/event-failures.ts';
import type { Failure } from '../../../lib/failures/failure.ts';

const failureColumns: Readonly<Record<keyof Failure, string>> = {
  status: "'held'",
  retry: "'never'",
  pauses: "'nothing'",
  seenIn: "'nowhere'",
  judges: "'nothing'",
  throttled: "'no'",
  keyRefused: 'false',
  stackFault: 'false',
  outage: "'no'",
  vendorRepeats: 'false',
  asListing: "'hold'",
  atFault: "'none'",
  acts: "'operator'",
  meaning: "'A meaning.'",
  nextStep: "'A next step.'",
};
const eventColumns: Readonly<Record<keyof EventFailure, string>> = {
  status: "'refused'",
  redeliver: 'false',
  byHand: 'false',
  acts: "'operator'",
  meaning: "'A meaning.'",
  nextStep: "'A next step.'",
};

/** The real tables, each with the line below which a new code is written. */
const tables = [
  { name: 'upload-failures', below: 'export const uploadFailures = {', columns: failureColumns },
  { name: 'kombo-failures', below: 'export const komboErrorCodes = {', columns: failureColumns },
  { name: 'kombo-failures', below: 'const otherCallFailures = {', columns: failureColumns },
  { name: 'event-failures', below: 'export const eventFailures = {', columns: eventColumns },
] as const;

const rowWithout = (columns: Readonly<Record<string, string>>, left?: string): string => {
  const parts = Object.entries(columns).filter(([column]) => column !== left);
  return `NEW_CODE: { ${parts.map(([column, value]) => `${column}: ${value}`).join(', ')} },`;
};

test('a new failure code compiles only after every decision about it is made', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'cv-courier-failure-'));
  const expected: string[] = [];
  for (const [at, { name, below, columns }] of tables.entries()) {
    const table = await readFile(`lib/failures/${name}.ts`, 'utf8');
    for (const left of [undefined, ...Object.keys(columns)]) {
      const file = `${name}-${at}-${left ?? 'complete'}.ts`;
      const text = table.replace(below, `${below}\n  ${rowWithout(columns, left)}`);
      await writeFile(path.join(folder, file), text.replaceAll("'./", `'${path.resolve('lib/failures')}/`));
      if (left !== undefined) expected.push(`${file} lacks ${left}`);
    }
  }
  const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--allowImportingTsExtensions', '--pretty', 'false'];
  const files = (await readdir(folder)).map((file) => path.join(folder, file));
  const output = await new Promise<string>((resolve) => {
    execFile('node_modules/.bin/tsc', [...flags, '--ignoreConfig', ...files], (_, stdout) => resolve(stdout));
  });
  await rm(folder, { recursive: true });
  const errors = output.split(/\n(?=\S)/).filter((error) => error.includes('error TS'));
  const found = errors.map((error) => {
    const [, file] = /([\w-]+\.ts)\(/.exec(error) ?? [];
    const [, column] = /Property '(\w+)' is missing/.exec(error) ?? [];
    return `${file} lacks ${column}`;
  });
  expect(found.sort()).toEqual(expected.sort());
});
