import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { settings } from '../../../lib/config/settings.ts';
import type { EventFailure } from '../../../lib/failures/event-failures.ts';
import type { Failure } from '../../../lib/failures/failure.ts';
import { everyFailure, type FailureCode, failureOf, failures } from '../../../lib/failures/failures.ts';

const codes = Object.keys(failures) as FailureCode[];
const codesWhere = (fits: (failure: Failure) => boolean): readonly FailureCode[] =>
  codes.filter((code) => fits(failureOf(code))).sort();

const failureColumns: Readonly<Record<keyof Failure, string>> = {
  status: "'held'",
  retry: "'never'",
  pauses: "'nothing'",
  selfHealing: 'false',
  judges: "'nothing'",
  throttled: "'no'",
  keyRefused: 'false',
  outage: 'false',
  vendorRepeats: 'false',
  asListing: "'hold'",
  meaning: "'A meaning.'",
  nextStep: "'A next step.'",
};
const eventColumns: Readonly<Record<keyof EventFailure, string>> = {
  status: "'refused'",
  redeliver: 'false',
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

test('a new failure code does not compile before every decision about it is taken', async () => {
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
}, 60_000);

test('no text for operators holds a name of the code', () => {
  const texts = [
    ...Object.values(everyFailure).flatMap(({ meaning, nextStep }) => [meaning, nextStep]),
    ...Object.values(settings).map(({ meaning }) => meaning.replaceAll(/`[^`]*`/g, '')),
  ];
  const brands = /GuardDuty|log_url|CVs?|ATSs?|JSON|reservedConcurrency/g;
  for (const text of texts) expect(text.replaceAll(brands, '')).not.toMatch(/\b[a-z]+[A-Z]/);
});

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
  expect(codesWhere(({ retry }) => retry !== 'never')).toEqual(codesWhere(({ status }) => status === 'waiting'));
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

test('these codes, as the answer to a listing, call an operator', () => {
  expect(codesWhere(({ asListing }) => asListing === 'hold')).toEqual([
    'INTEGRATION.ACTION_DISABLED',
    'INTEGRATION.MODEL_DISABLED',
    'INTEGRATION.PERMISSION_MISSING',
    'KOMBO_FORBIDDEN',
    'KOMBO_NOT_FOUND',
    'KOMBO_REFUSED',
    'PLATFORM.INPUT_INVALID',
    'REMOTE.INPUT_INVALID',
  ]);
});

test('these codes say that a tool cannot list files at all, which a right of the API key cannot change', () => {
  expect(codesWhere(({ asListing }) => asListing === 'cannot-list')).toEqual([
    'INTEGRATION.ACTION_NOT_AVAILABLE',
    'INTEGRATION.MODEL_NOT_AVAILABLE',
  ]);
});

test('these codes may have been delivered, and Kombo calls a repeat safe', () => {
  const codes = codesWhere(({ vendorRepeats }) => vendorRepeats);
  expect(codes).toEqual(['KOMBO_UNAVAILABLE', 'REMOTE.SERVICE_UNAVAILABLE']);
  expect(codes.map((code) => failureOf(code).status)).toEqual(['unknown', 'unknown']);
});

test('after these codes the other side is down or full', () => {
  expect(codesWhere(({ outage }) => outage)).toEqual([
    'KOMBO_UNAVAILABLE',
    'KOMBO_UNREACHABLE',
    'REMOTE.SERVICE_UNAVAILABLE',
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
