import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AttemptFacts, nextAttemptAt, quickRepeatWaitMs } from '../../../lib/delivery/retry-policy.ts';
import { type FailureCode, failures } from '../../../lib/failures/failures.ts';
import { day, hour, minute, nine, second } from '../../fakes/ledger-samples.ts';

const baseMs = 30 * second;
const almostOne = 1 - Number.EPSILON;

type Budget = AttemptFacts['record'];

/** How long the schedule waits after an attempt, for this random number. */
const waitMs = (
  { record = {}, ...facts }: Partial<Omit<AttemptFacts, 'record'>> & { readonly record?: Partial<Budget> },
  random: number,
  now = nine,
): number | undefined => {
  const its = { attemptsSinceRelease: 1, ...record };
  const at = nextAttemptAt(baseMs, { code: 'STORAGE_UNAVAILABLE', openedAt: 0, ...facts, record: its }, now, random);
  return at === undefined ? undefined : at - now;
};

describe('the backoff', () => {
  test.each([
    [1, 30 * second],
    [2, minute],
    [3, 2 * minute],
    [4, 4 * minute],
    [5, 8 * minute],
    [6, 16 * minute],
    [7, 32 * minute],
    [8, hour],
    [9, hour],
    [11, hour],
  ])('the backoff after attempt %i is drawn from zero to %i ms', (attemptsSinceRelease, longest) => {
    const record = { attemptsSinceRelease };
    expect(waitMs({ record }, 0)).toBe(0);
    expect(waitMs({ record }, 0.5)).toBe(longest / 2);
    expect(waitMs({ record }, almostOne)).toBe(longest);
  });

  test('the backoff is never negative, never over an hour, and never shorter than Kombo asked', () => {
    const codes = Object.keys(failures) as FailureCode[];
    fc.assert(
      fc.property(
        fc.record({
          attemptsSinceRelease: fc.integer({ min: 0, max: 1_000 }),
          code: fc.constantFrom(...codes),
          retryAfterMs: fc.option(fc.integer({ min: 0, max: hour }), { nil: undefined }),
          random: fc.double({ min: 0, max: almostOne, noNaN: true }),
        }),
        ({ random, attemptsSinceRelease, ...facts }) => {
          const wait = waitMs({ ...facts, record: { attemptsSinceRelease } }, random);
          expect(wait).toBeGreaterThanOrEqual(facts.retryAfterMs ?? 0);
          expect(wait).toBeLessThanOrEqual(hour);
          expect(Number.isInteger(wait)).toBe(true);
        },
      ),
    );
  });
});

describe('a wait that Kombo asks for', () => {
  test('a wait that Kombo asks for is the minimum, and the jitter is added, so that files do not return together', () => {
    expect(waitMs({ retryAfterMs: 57 * second }, 0)).toBe(57 * second);
    expect(waitMs({ retryAfterMs: 57 * second }, 0.5)).toBe(72 * second);
  });

  test('a wait that Kombo asks for never exceeds an hour', () => {
    expect(waitMs({ retryAfterMs: 5 * hour }, 0.5)).toBe(hour);
  });
});

describe('an ATS in trouble', () => {
  test.each(['REMOTE.RATE_LIMIT_EXCEEDED', 'KOMBO_BROKE_OFF'] as const)(
    'an ATS gets at least a minute of rest after %s',
    (code) => {
      expect(waitMs({ code }, 0)).toBe(minute);
      expect(waitMs({ code }, almostOne)).toBe(minute + 30 * second);
      expect(waitMs({ code, retryAfterMs: 2 * minute }, 0)).toBe(2 * minute);
    },
  );
});

describe('a throttled response', () => {
  const code = 'PLATFORM.CONCURRENCY_LIMIT_EXCEEDED';

  test.each([
    [1, second],
    [2, 2 * second],
    [3, 4 * second],
    [10, 512 * second],
    [40, hour],
  ])(
    'the backoff of a throttled response after attempt %i is drawn from zero to %i ms: from about a second, as Kombo advises',
    (attempt, longest) => {
      const record = { attemptsSinceRelease: attempt };
      expect(waitMs({ code, record }, 0)).toBe(0);
      expect(waitMs({ code, record }, almostOne)).toBe(longest);
    },
  );

  test.each(['PLATFORM.RATE_LIMIT_EXCEEDED', 'KOMBO_RATE_LIMITED'] as const)(
    'a response throttled with %s waits as long as Kombo asks, or for the ordinary backoff when it does not say',
    (rateLimit) => {
      expect(waitMs({ code: rateLimit, retryAfterMs: 57 * second }, almostOne)).toBe(58 * second);
      expect(waitMs({ code: rateLimit }, almostOne)).toBe(30 * second);
    },
  );

  test('only a throttled response has the shorter backoff: an unreachable Kombo is no throttling', () => {
    expect(waitMs({ code: 'KOMBO_UNREACHABLE' }, almostOne)).toBe(30 * second);
  });

  test('a throttled response never waits longer than any other failure', () => {
    const record = { attemptsSinceRelease: 1 };
    expect(nextAttemptAt(200, { code, record, openedAt: 0 }, nine, almostOne)).toBe(nine + 200);
  });
});

describe('the retry budget', () => {
  test('the retry budget ends with the twelfth attempt that counts, whatever the number of all attempts', () => {
    expect(waitMs({ record: { attemptsSinceRelease: 500, countedAttempts: 10, countedSince: nine } }, 0)).toBe(0);
    expect(
      waitMs({ record: { attemptsSinceRelease: 12, countedAttempts: 11, countedSince: nine } }, 0),
    ).toBeUndefined();
  });

  test('the retry budget ends 24 hours after the first failure that counted', () => {
    const record = { attemptsSinceRelease: 2, countedAttempts: 1, countedSince: nine };
    expect(waitMs({ record }, 0, nine + day - 1)).toBe(0);
    expect(waitMs({ record }, 0, nine + day)).toBeUndefined();
  });

  test('the retry budget does not start before a failure counted, however long the file waited', () => {
    expect(waitMs({ record: { attemptsSinceRelease: 50 } }, 0, nine + 30 * day)).toBe(0);
  });

  test('an opening of the lane or the account restarts the 24 hours of the retry budget, but not its count', () => {
    const record = { attemptsSinceRelease: 2, countedAttempts: 1, countedSince: nine };
    const openedAt = nine + 6 * day;
    expect(waitMs({ record, openedAt }, 0, openedAt + day - 1)).toBe(0);
    expect(waitMs({ record, openedAt }, 0, openedAt + day)).toBeUndefined();
    expect(waitMs({ record: { ...record, countedAttempts: 11 }, openedAt }, 0, openedAt)).toBeUndefined();
  });

  test('an opening before the first failure that counted does not shorten the retry budget', () => {
    const record = { attemptsSinceRelease: 2, countedAttempts: 1, countedSince: nine };
    expect(waitMs({ record, openedAt: nine - hour }, 0, nine + day - 1)).toBe(0);
  });

  test.each([
    'PLATFORM.RATE_LIMIT_EXCEEDED',
    'PLATFORM.CONCURRENCY_LIMIT_EXCEEDED',
    'KOMBO_RATE_LIMITED',
    'KOMBO_UNREACHABLE',
    'REMOTE.RATE_LIMIT_EXCEEDED',
    'INTEGRATION.INACTIVE',
    'PLATFORM.INTEGRATION_NOT_FOUND',
    'PLATFORM.AUTHENTICATION_INVALID',
  ] as const)('%s never ends the retry budget, because every file would meet it, however long it lasts', (code) => {
    const record = { attemptsSinceRelease: 500, countedAttempts: 11, countedSince: nine };
    expect(waitMs({ code, record }, 0, nine + 30 * day)).toBeDefined();
  });
});

describe('a repeat inside one invocation', () => {
  const quick = (code: FailureCode, repeats = 0, random = 0, more = {}) =>
    quickRepeatWaitMs({ code, ...more }, repeats, random);

  test('a repeat inside one invocation waits half a second to one, then one to two', () => {
    expect([quick('KOMBO_UNREACHABLE', 0, 0), quick('KOMBO_UNREACHABLE', 0, almostOne)]).toEqual([500, 1_000]);
    expect([quick('KOMBO_UNREACHABLE', 1, 0), quick('KOMBO_UNREACHABLE', 1, almostOne)]).toEqual([1_000, 2_000]);
  });

  test('a repeat inside one invocation waits as long as Kombo asks, if that is below three seconds', () => {
    expect(quick('KOMBO_UNREACHABLE', 0, 0, { retryAfterMs: 2_999 })).toBe(2_999);
    expect(quick('KOMBO_UNREACHABLE', 0, 0, { retryAfterMs: 3_000 })).toBeUndefined();
  });

  test.each(['PLATFORM.RATE_LIMIT_EXCEEDED', 'PLATFORM.CONCURRENCY_LIMIT_EXCEEDED', 'KOMBO_RATE_LIMITED'] as const)(
    '%s is not repeated inside one invocation, because the caller adapts to it',
    (code) => {
      expect(quick(code)).toBeUndefined();
      expect(quick(code, 0, 0, { retryAfterMs: 1 })).toBeUndefined();
    },
  );

  test('an answer that pauses a lane is not repeated inside one invocation', () => {
    expect(quick('INTEGRATION.INACTIVE')).toBeUndefined();
    expect(quick('PLATFORM.IP_NOT_WHITELISTED')).toBeUndefined();
  });

  test('a repeat after a stale connection is immediate', () => {
    expect(quick('KOMBO_CONNECTION_LOST', 0, 0.9, { staleConnection: true })).toBe(0);
  });

  test.each(['REMOTE.RATE_LIMIT_EXCEEDED', 'KOMBO_BROKE_OFF'] as const)(
    '%s is not repeated inside one invocation, because it lasts minutes, not seconds',
    (code) => {
      expect(quick(code)).toBeUndefined();
    },
  );

  test('a fault of S3 is repeated inside one invocation as well', () => {
    expect(quick('STORAGE_UNAVAILABLE')).toBe(500);
  });
});
