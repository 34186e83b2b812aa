import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Failure } from '../../../lib/failures/failure.ts';
import { everyFailure, type FailureCode, failureOf, failures } from '../../../lib/failures/failures.ts';

const codes = Object.keys(failures) as FailureCode[];
const codesWhere = (fits: (failure: Failure) => boolean): readonly FailureCode[] =>
  codes.filter((code) => fits(failureOf(code))).sort();

const complete: Readonly<Record<keyof Failure, string>> = {
  status: "'held'",
  retry: "'never'",
  pauses: "'nothing'",
  selfHealing: 'false',
  judges: "'nothing'",
  throttled: "'no'",
  keyRefused: 'false',
  neverLists: 'false',
  meaning: "'A meaning.'",
  nextStep: "'A next step.'",
};

test('a new failure code does not compile before every decision about it is taken', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'cv-courier-failure-'));
  const row = (left?: string): string =>
    Object.entries(complete)
      .filter(([column]) => column !== left)
      .map(([column, value]) => `${column}: ${value}`)
      .join(', ');
  const columns = Object.keys(complete);
  const source = path.resolve('lib/failures/failure.ts');
  const lines = [
    `import type { Failure } from '${source}';`,
    `export const whole = { ${row()} } as const satisfies Failure;`,
    ...columns.map((left, index) => `export const row${index} = { ${row(left)} } as const satisfies Failure;`),
  ];
  const file = path.join(folder, 'new-code.ts');
  await writeFile(file, `${lines.join('\n')}\n`);
  const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--allowImportingTsExtensions', '--pretty', 'false'];
  const output = await new Promise<string>((resolve) => {
    execFile('node_modules/.bin/tsc', [...flags, '--ignoreConfig', file], (_, stdout) => resolve(stdout));
  });
  await rm(folder, { recursive: true });
  const missing = [...output.matchAll(/\((\d+),\d+\): error TS\d+:.*?Property '(\w+)' is missing/gs)];
  expect(missing.map(([, line, column]) => [Number(line) - 3, column])).toEqual(columns.map((name, at) => [at, name]));
}, 60_000);

test('every code has a meaning and a next step that are sentences', () => {
  for (const { meaning, nextStep } of Object.values(everyFailure)) {
    expect(meaning).toMatch(/^[A-Z].*\.$/s);
    expect(nextStep).toMatch(/^[A-Z].*\.$/s);
  }
});

test('codes of refused events are none of the codes of uploads', () => {
  expect(Object.keys(everyFailure)).toHaveLength(codes.length + 11);
});

test('only what is known not to be delivered is sent again without another step', () => {
  expect(codesWhere(({ retry }) => retry !== 'never')).toEqual(codesWhere(({ status }) => status === 'retrying'));
});

test('Kombo throttles with these codes', () => {
  expect(codesWhere(({ throttled }) => throttled === 'concurrency-limit')).toEqual([
    'PLATFORM.CONCURRENCY_LIMIT_EXCEEDED',
  ]);
  expect(codesWhere(({ throttled }) => throttled === 'rate-limit')).toEqual([
    'KOMBO_RATE_LIMITED',
    'PLATFORM.RATE_LIMIT_EXCEEDED',
  ]);
});

test('Kombo refuses the API key with these codes', () => {
  expect(codesWhere(({ keyRefused }) => keyRefused)).toEqual(['KOMBO_UNAUTHORIZED', 'PLATFORM.AUTHENTICATION_INVALID']);
});

test('a target is never listed after these codes', () => {
  expect(codesWhere(({ neverLists }) => neverLists)).toEqual([
    'INTEGRATION.ACTION_DISABLED',
    'INTEGRATION.ACTION_NOT_AVAILABLE',
    'INTEGRATION.MODEL_DISABLED',
    'INTEGRATION.MODEL_NOT_AVAILABLE',
    'INTEGRATION.PERMISSION_MISSING',
    'KOMBO_FORBIDDEN',
    'KOMBO_NOT_FOUND',
    'KOMBO_REFUSED',
    'PLATFORM.INPUT_INVALID',
    'REMOTE.INPUT_INVALID',
  ]);
});

test('these codes show that Kombo judged the file, so no pause applies any more', () => {
  expect(codesWhere(({ judges }) => judges === 'file')).toEqual([
    'PLATFORM.INPUT_INVALID',
    'REMOTE.INPUT_INVALID',
    'REMOTE.RATE_LIMIT_EXCEEDED',
    'REMOTE.SERVICE_UNAVAILABLE',
    'REMOTE.UNKNOWN_HTTP_ERROR',
  ]);
});

test('a pause of these codes is tested without an operator', () => {
  expect(codesWhere(({ selfHealing }) => selfHealing)).toEqual([
    'API_KEY_UNREADABLE',
    'INTEGRATION.SETUP_SYNC_PENDING',
    'KOMBO_REDIRECTED',
    'KOMBO_UNAUTHORIZED',
    'PLATFORM.AUTHENTICATION_INVALID',
    'PLATFORM.IP_NOT_WHITELISTED',
  ]);
  expect(codesWhere(({ selfHealing, pauses }) => selfHealing && pauses === 'nothing')).toEqual([]);
});
