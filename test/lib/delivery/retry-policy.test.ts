import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AttemptFacts, nextAttemptAt, quickRepeatWaitMs } from '../../../lib/delivery/retry-policy.ts';
import { type FailureCode, failures } from '../../../lib/failures/failures.ts';
import { day, hour, minute, nine, second } from '../../fakes/ledger-samples.ts';

const policy = { baseMs: 30 * second };
const almostOne = 1 - Number.EPSILON;

/** How long the schedule waits after a try, by the luck of the draw. */
const waitMs = (facts: Partial<AttemptFacts>, random: number, now = nine): number | undefined => {
  const at = nextAttemptAt(
    policy,
    { attemptsSinceRelease: 1, releasedAt: nine, code: 'KOMBO_UNREACHABLE', ...facts },
    now,
    random,
  );
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
  ])('after try %i is drawn from zero to %i ms', (attemptsSinceRelease, longest) => {
    expect(waitMs({ attemptsSinceRelease }, 0)).toBe(0);
    expect(waitMs({ attemptsSinceRelease }, 0.5)).toBe(longest / 2);
    expect(waitMs({ attemptsSinceRelease }, almostOne)).toBe(longest);
  });

  test('is never negative, never beyond an hour and never sooner than asked, whatever happens', () => {
    const codes = Object.keys(failures) as FailureCode[];
    fc.assert(
      fc.property(
        fc.record({
          attemptsSinceRelease: fc.integer({ min: 0, max: 1_000 }),
          code: fc.constantFrom(...codes),
          retryAfterMs: fc.option(fc.integer({ min: 0, max: hour }), { nil: undefined }),
          random: fc.double({ min: 0, max: almostOne, noNaN: true }),
        }),
        ({ random, ...facts }) => {
          const wait = waitMs(facts, random);
          if (wait === undefined) return;
          expect(wait).toBeGreaterThanOrEqual(facts.retryAfterMs ?? 0);
          expect(wait).toBeLessThanOrEqual(hour);
          expect(Number.isInteger(wait)).toBe(true);
        },
      ),
    );
  });
});

describe('what Kombo asks for', () => {
  test('is the least wait, and the draw comes on top, so that not all come back at once', () => {
    expect(waitMs({ retryAfterMs: 57 * second }, 0)).toBe(57 * second);
    expect(waitMs({ retryAfterMs: 57 * second }, 0.5)).toBe(72 * second);
  });

  test('is never waited for beyond an hour', () => {
    expect(waitMs({ retryAfterMs: 5 * hour }, 0.5)).toBe(hour);
  });
});

describe('an ATS that struggles', () => {
  test.each(['REMOTE.RATE_LIMIT_EXCEEDED', 'KOMBO_BROKE_OFF'] as const)(
    'is left alone for a minute at least after %s',
    (code) => {
      expect(waitMs({ code }, 0)).toBe(minute);
      expect(waitMs({ code, retryAfterMs: 2 * minute }, 0)).toBe(2 * minute);
    },
  );
});

describe('a throttled response in a run that has a pace', () => {
  const busy = { code: 'PLATFORM.CONCURRENCY_LIMIT_EXCEEDED', paced: true } as const;

  test.each([
    [1, second],
    [2, 2 * second],
    [3, 4 * second],
    [10, 512 * second],
    [40, hour],
  ])(
    'after try %i is drawn from zero to %i ms: from about a second, as Kombo advises',
    (attemptsSinceRelease, longest) => {
      expect(waitMs({ ...busy, attemptsSinceRelease }, 0)).toBe(0);
      expect(waitMs({ ...busy, attemptsSinceRelease }, almostOne)).toBe(longest);
    },
  );

  test.each(['PLATFORM.RATE_LIMIT_EXCEEDED', 'KOMBO_RATE_LIMITED'] as const)(
    'waits out %s where Kombo says how long, and is not hurried where it does not',
    (code) => {
      expect(waitMs({ code, paced: true, retryAfterMs: 57 * second }, almostOne)).toBe(58 * second);
      expect(waitMs({ code, paced: true }, almostOne)).toBe(30 * second);
    },
  );

  test('never waits longer than any other failure would', () => {
    const at = nextAttemptAt({ baseMs: 200 }, { ...busy, attemptsSinceRelease: 1, releasedAt: nine }, nine, almostOne);
    expect(at).toBe(nine + 200);
  });

  test('is the only failure that a pace hurries', () => {
    expect(waitMs({ code: 'KOMBO_UNREACHABLE', paced: true }, almostOne)).toBe(30 * second);
    expect(waitMs({ code: 'REMOTE.RATE_LIMIT_EXCEEDED', paced: true }, 0)).toBe(minute);
    expect(waitMs({ ...busy, paced: false }, almostOne)).toBe(30 * second);
  });
});

describe('the retry budget', () => {
  test('ends with the twelfth try', () => {
    expect(waitMs({ attemptsSinceRelease: 11 }, 0)).toBe(0);
    expect(waitMs({ attemptsSinceRelease: 12 }, 0)).toBeUndefined();
  });

  test('does not count throttled attempts', () => {
    expect(waitMs({ attemptsSinceRelease: 31, throttledAttempts: 20 }, 0)).toBe(0);
    expect(waitMs({ attemptsSinceRelease: 32, throttledAttempts: 20 }, 0)).toBeUndefined();
  });

  test('ends 24 hours after the first', () => {
    expect(waitMs({ attemptsSinceRelease: 2 }, 0, nine + day - 1)).toBe(0);
    expect(waitMs({ attemptsSinceRelease: 2 }, 0, nine + day)).toBeUndefined();
  });

  test.each(['PLATFORM.RATE_LIMIT_EXCEEDED', 'PLATFORM.CONCURRENCY_LIMIT_EXCEEDED', 'KOMBO_RATE_LIMITED'] as const)(
    'does not end by the count of %s: a long queue is no fault of the file',
    (code) => {
      expect(waitMs({ code, attemptsSinceRelease: 500 }, 0)).toBe(0);
      expect(waitMs({ code, attemptsSinceRelease: 500 }, 0, nine + day)).toBeUndefined();
    },
  );
});

describe('a repeat inside one invocation', () => {
  const quick = (code: FailureCode, repeats = 0, random = 0, more = {}) =>
    quickRepeatWaitMs({ code, ...more }, repeats, random);

  test('waits half a second to one, then one to two, then leaves it to the schedule', () => {
    expect([quick('KOMBO_UNREACHABLE', 0, 0), quick('KOMBO_UNREACHABLE', 0, almostOne)]).toEqual([500, 1_000]);
    expect([quick('KOMBO_UNREACHABLE', 1, 0), quick('KOMBO_UNREACHABLE', 1, almostOne)]).toEqual([1_000, 2_000]);
    expect(quick('KOMBO_UNREACHABLE', 2, 0)).toBeUndefined();
  });

  test('waits as long as asked, below three seconds', () => {
    expect(quick('PLATFORM.RATE_LIMIT_EXCEEDED', 0, 0, { retryAfterMs: 2_999 })).toBe(2_999);
    expect(quick('PLATFORM.RATE_LIMIT_EXCEEDED', 0, 0, { retryAfterMs: 3_000 })).toBeUndefined();
  });

  test('does not wait after a connection that had gone stale', () => {
    expect(quick('KOMBO_CONNECTION_LOST', 0, 0.9, { staleConnection: true })).toBe(0);
    expect(quick('KOMBO_CONNECTION_LOST', 2, 0.9, { staleConnection: true })).toBeUndefined();
  });

  test.each(['REMOTE.RATE_LIMIT_EXCEEDED', 'KOMBO_BROKE_OFF'] as const)(
    'is not made after %s: minutes, not seconds',
    (code) => {
      expect(quick(code)).toBeUndefined();
    },
  );

  test('is made for a fault of S3 as well', () => {
    expect(quick('STORAGE_UNAVAILABLE')).toBe(500);
  });
});
