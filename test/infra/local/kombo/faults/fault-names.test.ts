import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createArmedFaults } from '../../../../../infra/local/kombo/faults/armed-faults.ts';
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
    ['fault-odd-listing', [['odd-listing', 'list', undefined]]],
    [
      'fault-reset-after-body-stored-1_and_late-listing-900ms_as_7',
      [
        ['reset-after-body-stored', 'post', 1],
        ['late-listing-900ms', 'post', undefined],
      ],
    ],
  ])('%s', (id, expected) => {
    const faults = faultsFromId(id);

    expect('unknown' in faults ? faults : faults.map(({ name, on, times }) => [name, on, times])).toEqual(expected);
  });

  test.each([
    ['fault-sillence', 'sillence'],
    ['fault-html-99', 'html-99'],
    ['fault-status-100', 'status-100'],
    ['fault-silence_and_', ''],
    ['fault-', ''],
  ])('%s is told as a mistake', (id, unknown) => {
    expect(faultsFromId(id)).toEqual({ unknown });
  });

  test('the longest error code fits into 64 characters, with everything that can be said of it', () => {
    const id = 'fault-PLATFORM--CONCURRENCY_LIMIT_EXCEEDED-at-503-stored-12';

    expect(id.length).toBeLessThanOrEqual(64);
    expect(faultsFromId(id)).toMatchObject([
      { fault: { code: 'PLATFORM.CONCURRENCY_LIMIT_EXCEEDED', status: 503, stored: true }, times: 12 },
    ]);
  });
});

test('a name may keep the dot of an error code', () => {
  expect(faultFromName('REMOTE.SERVICE_UNAVAILABLE')).toEqual({
    name: 'REMOTE--SERVICE_UNAVAILABLE',
    on: 'post',
    fault: { kind: 'error', code: 'REMOTE.SERVICE_UNAVAILABLE', status: 503, stored: false },
  });
});

test('the README lists every fault as the code knows it', () => {
  const readme = readFileSync(new URL('../../../../../infra/local/kombo/README.md', import.meta.url), 'utf8');
  const rows = readme.split('\n').map((line) => line.replaceAll(/ +/g, ' '));

  for (const { form, meaning } of catalogue) expect(rows).toContain(`| \`${form}\` | ${meaning} |`);
  expect(catalogue.length).toBeGreaterThanOrEqual(24);
});

describe('armed faults', () => {
  const toFrank = { kind: 'post', target: { kind: 'candidate', id: 'Frank1' } } as const;

  test('strike as often as they were told to, then no more', () => {
    const faults = createArmedFaults();
    faults.arm('html-502', { times: 2 });

    const kinds = [1, 2, 3].map(() => faults.take(toFrank, 'x:1').decisive?.kind);

    expect(kinds).toEqual(['html', 'html', undefined]);
    expect(faults.list()).toEqual([]);
  });

  test('wait for their turn: a second one is not used up by the call that the first one ended', () => {
    const faults = createArmedFaults();
    faults.arm('html-502', { times: 1 });
    faults.arm('silence', { times: 1 });

    const kinds = [1, 2, 3].map(() => faults.take(toFrank, 'x:1').decisive?.kind);

    expect(kinds).toEqual(['html', 'silence', undefined]);
  });

  test('strike only the target, the integration and the calls that they are meant for', () => {
    const faults = createArmedFaults();
    faults.arm('html-502', { target: { kind: 'candidate', id: 'Frank1' }, integrationId: 'x:1', on: ['post', 'list'] });
    const struck = (kind: 'post' | 'list', target: { kind: 'candidate' | 'application'; id: string }, id: string) =>
      faults.take({ kind, target }, id).decisive !== undefined;

    expect(struck('post', { kind: 'candidate', id: 'Frank1' }, 'x:1')).toBe(true);
    expect(struck('list', { kind: 'candidate', id: 'Frank1' }, 'x:1')).toBe(true);
    expect(struck('post', { kind: 'candidate', id: 'Frank2' }, 'x:1')).toBe(false);
    expect(struck('post', { kind: 'application', id: 'Frank1' }, 'x:1')).toBe(false);
    expect(struck('post', { kind: 'candidate', id: 'Frank1' }, 'x:2')).toBe(false);
    expect(faults.take({ kind: 'check-api-key' }, undefined).decisive).toBeUndefined();
  });

  test('can strike the calls that concern no candidate', () => {
    const faults = createArmedFaults();
    faults.arm('check-api-key-html-502');
    faults.arm('status-503', { on: ['actions', 'integration'], integrationId: 'x:1' });

    expect(faults.take({ kind: 'check-api-key' }, undefined).decisive?.kind).toBe('html');
    expect(faults.take({ kind: 'actions', action: 'ats_add_candidate_attachment' }, 'x:1').decisive?.kind).toBe(
      'error',
    );
    expect(faults.take({ kind: 'integration', integrationId: 'x:2' }, undefined).decisive).toBeUndefined();
    expect(faults.take({ kind: 'integration', integrationId: 'x:1' }, undefined).decisive?.kind).toBe('error');
    expect(faults.take(toFrank, 'x:1').decisive).toBeUndefined();
  });

  test('of ids are counted for each id alone, and anew after a clear', () => {
    const faults = createArmedFaults();
    const strike = (id: string) =>
      faults.take({ kind: 'post', target: { kind: 'candidate', id } }, 'x:1').decisive !== undefined;

    expect([strike('fault-silence-1_as_a'), strike('fault-silence-1_as_a')]).toEqual([true, false]);
    expect(strike('fault-silence-1_as_b')).toBe(true);
    faults.clear();
    expect(strike('fault-silence-1_as_a')).toBe(true);
  });

  test('end one by one', () => {
    const faults = createArmedFaults();
    const first = faults.arm('html-502');
    faults.arm('silence');

    faults.clear(first.id);

    expect(faults.list().map(({ name }) => name)).toEqual(['silence']);
  });

  test('are refused when nobody knows them', () => {
    expect(() => createArmedFaults().arm('sillence')).toThrow('There is no fault called "sillence".');
  });
});
