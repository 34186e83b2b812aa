import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../../../../../infra/local/kombo/faults/catalogue.ts';
import { faultFromName, faultsFromId } from '../../../../../infra/local/kombo/faults/fault-names.ts';

describe('a candidate id that asks for faults', () => {
  test.each([
    ['Frank1', []],
    ['default-1', []],
    ['fault-silence', [['silence', 'post', undefined]]],
    ['fault-silence-stored-2', [['silence-stored', 'post', 2]]],
    ['fault-html-502', [['html-502', 'post', undefined]]],
    ['fault-html-502-3', [['html-502', 'post', 3]]],
    ['fault-REMOTE--RATE_LIMIT_EXCEEDED-2', [['REMOTE--RATE_LIMIT_EXCEEDED', 'post', 2]]],
    ['fault-delay-500ms-1', [['delay-500ms', 'post', 1]]],
    ['fault-list-silence-1', [['list-silence', 'list', 1]]],
    ['fault-thousand', [['thousand', 'list', undefined]]],
    [
      'fault-renamed_and_midnight',
      [
        ['renamed', 'list', undefined],
        ['midnight', 'list', undefined],
      ],
    ],
    ['fault-link-later-50ms-2', [['link-later-50ms', 'list', 2]]],
    [
      'fault-reset-after-body-stored-1_and_late-900ms_as_7',
      [
        ['reset-after-body-stored', 'post', 1],
        ['late-900ms', 'list', undefined],
      ],
    ],
  ])('the candidate id %s asks for its faults', (id, expected) => {
    const faults = faultsFromId(id);

    expect('unknown' in faults ? faults : faults.map(({ name, on, times }) => [name, on, times])).toEqual(expected);
  });

  test.each([
    ['fault-sillence', 'sillence'],
    ['fault-html-99', 'html-99'],
    ['fault-status-100', 'status-100'],
    ['fault-late-<n>ms', 'late-<n>ms'],
    ['fault-late', 'late'],
    ['fault-midnight-ms', 'midnight-ms'],
    ['fault-silence_and_', ''],
    ['fault-', ''],
  ])('the unknown fault in %s is reported', (id, unknown) => {
    expect(faultsFromId(id)).toEqual({ unknown });
  });

  test('a candidate id of 64 characters has room for the longest error code with all its options', () => {
    const id = 'fault-PLATFORM--CONCURRENCY_LIMIT_EXCEEDED-at-503-stored-12';

    expect(id.length).toBeLessThanOrEqual(64);
    expect(faultsFromId(id)).toMatchObject([
      { fault: { code: 'PLATFORM.CONCURRENCY_LIMIT_EXCEEDED', status: 503, stored: true }, times: 12 },
    ]);
  });
});

test('the name of a fault may keep the dot of an error code', () => {
  expect(faultFromName('REMOTE.SERVICE_UNAVAILABLE')).toEqual({
    name: 'REMOTE--SERVICE_UNAVAILABLE',
    on: 'post',
    fault: { kind: 'error', code: 'REMOTE.SERVICE_UNAVAILABLE', status: 503, stored: false },
  });
});

test.each([
  ['drip', { kind: 'drip', everyMs: 5_000 }],
  ['huge', { kind: 'huge', sizeBytes: 50_000_000 }],
])('the fault %s without a number has its default', (name, fault) => {
  expect(faultFromName(name)).toMatchObject({ fault });
});

test("the README lists every fault with the code's description", () => {
  const readme = readFileSync(new URL('../../../../../infra/local/kombo/README.md', import.meta.url), 'utf8');
  const rows = readme.split('\n').map((line) => line.replaceAll(/ +/g, ' '));

  for (const { form, meaning } of catalogue) expect(rows).toContain(`| \`${form}\` | ${meaning} |`);
  expect(catalogue.length).toBeGreaterThanOrEqual(24);
});
