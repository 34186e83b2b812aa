import { describe, expect, test } from 'vitest';
import type { FailureCode } from '../../../lib/failures/failures.ts';
import { afterReading, type PauseEnd, pagesSince, pauseBy, probeTaken, type Reading } from '../../../lib/lane/pause.ts';
import { day, hour, minute, nine, second } from '../../fakes/ledger-samples.ts';
import { byOperator } from '../../fakes/pause-samples.ts';

describe('a pause that Kombo causes', () => {
  test.each<[FailureCode, PauseEnd['by'], number]>([
    ['INTEGRATION.INACTIVE', 'unread', 0],
    ['INTEGRATION.AUTHENTICATION_INVALID', 'unread', 0],
    ['INTEGRATION.SETUP_SYNC_PENDING', 'unread', 0],
    ['INTEGRATION.ACTION_DISABLED', 'unread', 0],
    ['PLATFORM.AUTHENTICATION_INVALID', 'unread', 0],
    ['INTEGRATION.PERMISSION_MISSING', 'probe', 5 * minute],
    ['INTEGRATION.QA_FAILED', 'probe', 5 * minute],
    ['REMOTE.SERVICE_UNAVAILABLE', 'probe', minute],
    ['KOMBO_UNREACHABLE', 'probe', minute],
    ['PLATFORM.RATE_LIMIT_EXCEEDED', 'probe', minute],
  ])('a pause because of %s ends by "%s", first tried after %i ms', (code, by, afterMs) => {
    expect(pauseBy(code, 'why', { now: nine })).toStrictEqual({
      code,
      by: 'kombo',
      reason: 'why',
      since: nine,
      end: { by, nextAt: nine + afterMs, probes: 0 },
    });
  });

  test('a pause keeps the wait that the other side asked for, and which settings were in use', () => {
    const facts = { now: nine, retryAfterMs: 7 * minute, keyVersion: 'v1', integrationSetting: 'a:1' };
    expect(pauseBy('PLATFORM.RATE_LIMIT_EXCEEDED', 'why', facts).end).toEqual({
      by: 'probe',
      nextAt: nine + 7 * minute,
      probes: 0,
      keyVersion: 'v1',
      integrationSetting: 'a:1',
    });
  });
});

describe('a pause after a reading of the integration', () => {
  test.each<[PauseEnd['by'], Reading, 'wait' | 'send' | 'probe', PauseEnd['by']]>([
    ['unread', 'shows-cause', 'wait', 'reading'],
    ['unread', 'shows-none', 'probe', 'probe'],
    ['unread', 'says-nothing', 'probe', 'unread'],
    ['reading', 'shows-cause', 'wait', 'reading'],
    ['reading', 'shows-none', 'send', 'reading'],
    // One failed answer does not make the integration wait for the probes, which are up to an hour apart.
    ['reading', 'says-nothing', 'probe', 'reading'],
  ])(
    'a pause that ends by "%s" and whose reading "%s" continues with "%s", and then ends by "%s"',
    (by, reading, next, then) => {
      const end = { by, nextAt: nine, probes: 2 };
      const after = afterReading(end, reading, nine);
      expect(after).toMatchObject({ next, end: { by: then, probes: 2 } });
      if (next === 'wait') expect(after.end.nextAt).toBe(nine + 10 * second);
    },
  );
});

test.each<[FailureCode, readonly number[]]>([
  ['INTEGRATION.PERMISSION_MISSING', [5, 10, 20, 40, 60, 60]],
  ['REMOTE.SERVICE_UNAVAILABLE', [1, 2, 4, 8, 16, 30, 30]],
  ['PLATFORM.RATE_LIMIT_EXCEEDED', [1, 2, 4, 8, 16, 30, 30]],
])('the waits between the probes of %s are %j minutes', (code, expected) => {
  const pause = pauseBy(code, 'why', { now: nine });
  if (!pause.end) throw new Error('It has no end.');
  let { end } = pause;
  const waits = [end.nextAt - nine];
  while (waits.length < expected.length) {
    const now = end.nextAt;
    end = probeTaken(pause, end, now);
    waits.push(end.nextAt - now);
  }
  expect(waits.map((waitMs) => waitMs / minute)).toEqual(expected);
});

test('a pause that has lasted for months still probes every hour', () => {
  const end = probeTaken({ code: 'INTEGRATION.QA_FAILED' }, { by: 'probe', nextAt: nine, probes: 5_000 }, nine);
  expect(end).toMatchObject({ nextAt: nine + hour, probes: 5_001 });
});

describe('when a pause pages', () => {
  const by = (code: FailureCode) => pauseBy(code, 'why', { now: nine });

  test.each<FailureCode>([
    'PLATFORM.AUTHENTICATION_INVALID',
    'KOMBO_UNAUTHORIZED',
    'API_KEY_UNREADABLE',
    'PLATFORM.IP_NOT_WHITELISTED',
    'KOMBO_REDIRECTED',
    'PLATFORM.INTEGRATION_NOT_FOUND',
  ])('a pause pages immediately when the key, the address or a setting of this stack is its cause: %s', (code) => {
    expect(pagesSince(by(code), nine)).toBe(nine);
  });

  test.each<FailureCode>([
    'INTEGRATION.AUTHENTICATION_INVALID',
    'INTEGRATION.INACTIVE',
    'INTEGRATION.SETUP_SYNC_PENDING',
    'INTEGRATION.PERMISSION_MISSING',
    'REMOTE.SERVICE_UNAVAILABLE',
    'KOMBO_UNREACHABLE',
    'PLATFORM.RATE_LIMIT_EXCEEDED',
  ])('a pause that may end without an operator pages after a day: %s', (code) => {
    expect([pagesSince(by(code), nine + day - 1), pagesSince(by(code), nine + day + 1)]).toEqual([
      undefined,
      nine + day,
    ]);
  });

  test('a pause by an operator never pages', () => {
    expect(pagesSince(byOperator, nine + 30 * day)).toBeUndefined();
  });
});
