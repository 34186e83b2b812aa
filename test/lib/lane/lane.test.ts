import { describe, expect, test } from 'vitest';
import type { FailureCode } from '../../../lib/failures/failures.ts';
import {
  afterFailure,
  afterListing,
  afterRateLimit,
  afterRead,
  afterSuccess,
  type Lane,
  newLane,
  opened,
  paused,
  pausedSentence,
  placeOf,
  restoredIn,
  restoredLane,
  touched,
} from '../../../lib/lane/lane.ts';
import { laneIdOf, laneNameOf } from '../../../lib/lane/lane-name.ts';
import { day, hour, integrationId, minute, nine } from '../../fakes/ledger-samples.ts';
import { byOperator, missingRight } from '../../fakes/pause-samples.ts';

const fresh = newLane(integrationId);
const facts = { now: nine };
const failed = (code: FailureCode) => ({ code, detail: 'Kombo answered HTTP 400.' });

describe('a touch', () => {
  test.each<[string, Partial<Lane>, Partial<Lane>]>([
    ['a touch of a new lane makes it due now', {}, { touchedAt: nine, nextAt: nine }],
    [
      'a touch that is 10 minutes old is recent enough',
      { touchedAt: nine - 10 * minute },
      { touchedAt: nine - 10 * minute },
    ],
    [
      'a touch that is older than 10 minutes is repeated',
      { touchedAt: nine - 10 * minute - 1 },
      { touchedAt: nine, nextAt: nine },
    ],
    ['a touch moves a later look to now', { touchedAt: 0, nextAt: nine + hour }, { touchedAt: nine, nextAt: nine }],
    [
      'a touch does not move an earlier look',
      { touchedAt: 0, nextAt: nine - hour },
      { touchedAt: nine, nextAt: nine - hour },
    ],
  ])('%s', (_, before, after) => {
    expect(touched({ ...fresh, ...before }, nine)).toEqual({ ...fresh, ...after });
  });

  test('a recent touch returns the same lane, so that nothing is written', () => {
    const lane = { ...fresh, touchedAt: nine };
    expect(touched(lane, nine)).toBe(lane);
  });
});

describe('an answer that every file of an integration would get', () => {
  test.each<[FailureCode, 'integration' | 'account', boolean]>([
    ['INTEGRATION.PERMISSION_MISSING', 'integration', true],
    ['INTEGRATION.PERMISSION_MISSING', 'account', false],
    ['PLATFORM.INTEGRATION_NOT_FOUND', 'integration', true],
    ['PLATFORM.AUTHENTICATION_INVALID', 'account', true],
    ['PLATFORM.AUTHENTICATION_INVALID', 'integration', false],
    ['KOMBO_REDIRECTED', 'account', true],
    ['PLATFORM.INPUT_INVALID', 'integration', false],
    ['STORAGE_UNAVAILABLE', 'integration', false],
    ['ANSWER_LOST', 'account', false],
    ['PLATFORM.RATE_LIMIT_EXCEEDED', 'account', false],
  ])('%s: the lane of the %s is paused immediately: %s', (code, reach, isPaused) => {
    const lane = afterFailure(fresh, failed(code), reach, facts);
    expect(lane.pause?.code).toBe(isPaused ? code : undefined);
    if (!isPaused) expect(lane).toBe(fresh);
  });
});

describe('answers that report an outage', () => {
  const times = (count: number, code: FailureCode, reach: 'integration' | 'account'): Lane => {
    let lane = fresh;
    for (let time = 0; time < count; time += 1) lane = afterFailure(lane, failed(code), reach, facts);
    return lane;
  };

  test.each<[FailureCode, 'integration' | 'account']>([
    ['REMOTE.SERVICE_UNAVAILABLE', 'integration'],
    ['REMOTE.RATE_LIMIT_EXCEEDED', 'integration'],
    ['PLATFORM.TASK_TIMED_OUT', 'integration'],
    ['KOMBO_FAULT', 'integration'],
    ['ANSWER_TIMED_OUT', 'integration'],
    ['ANSWER_LOST', 'integration'],
    ['KOMBO_BROKE_OFF', 'integration'],
    ['KOMBO_CONNECTION_LOST', 'account'],
    ['KOMBO_UNREACHABLE', 'account'],
    ['KOMBO_UNAVAILABLE', 'account'],
  ])('%s pauses the lane of the %s at the third in a row', (code, reach) => {
    expect(times(2, code, reach)).toMatchObject({ outages: 2, outageCode: code });
    expect(times(2, code, reach).pause).toBeUndefined();
    expect(times(3, code, reach)).toMatchObject({ outages: 3, pause: { code, by: 'kombo' } });
  });

  test('outage answers are counted from zero again after a success', () => {
    const lane = afterSuccess(times(2, 'KOMBO_FAULT', 'integration'));
    expect(lane.outages).toBe(0);
    expect(afterFailure(lane, failed('KOMBO_FAULT'), 'integration', facts).pause).toBeUndefined();
  });

  test.each<FailureCode>(['ANSWER_LOST', 'ANSWER_TIMED_OUT', 'KOMBO_FAULT', 'PLATFORM.TASK_TIMED_OUT'])(
    'a listing of files resets the count of outages after an answer that was only lost: %s',
    (code) => {
      const lane = afterListing(times(2, code, 'integration'));
      expect(lane.outages).toBe(0);
      expect(afterFailure(lane, failed(code), 'integration', facts).pause).toBeUndefined();
    },
  );

  test.each<FailureCode>(['REMOTE.SERVICE_UNAVAILABLE', 'REMOTE.RATE_LIMIT_EXCEEDED', 'KOMBO_BROKE_OFF'])(
    'a listing of files does not reset the count of outages when the latest answer reported one: %s',
    (code) => {
      const lane = times(2, code, 'integration');
      expect(afterListing(lane)).toBe(lane);
      const mixed = afterFailure(times(1, 'ANSWER_LOST', 'integration'), failed(code), 'integration', facts);
      expect(afterListing(mixed)).toBe(mixed);
    },
  );

  test('a listing returns the same lane when nothing is counted', () => {
    expect(afterListing(fresh)).toBe(fresh);
    const taken = afterListing(times(1, 'ANSWER_LOST', 'integration'));
    expect(afterListing(taken)).toBe(taken);
  });

  test('outage answers are not counted while the lane is paused', () => {
    const lane = { ...fresh, pause: missingRight };
    for (const code of ['ANSWER_LOST', 'REMOTE.SERVICE_UNAVAILABLE'] as const)
      expect(afterFailure(lane, failed(code), 'integration', facts)).toBe(lane);
  });

  test('outage answers of one reach do not concern the lane of the other', () => {
    expect(times(3, 'KOMBO_UNREACHABLE', 'integration')).toBe(fresh);
    expect(times(3, 'KOMBO_FAULT', 'account')).toBe(fresh);
  });

  test('a success returns the same lane when nothing was counted', () => {
    expect(afterSuccess(fresh)).toBe(fresh);
  });
});

describe('a rate limit', () => {
  const limited = failed('PLATFORM.RATE_LIMIT_EXCEEDED');
  const account = newLane('*');
  const first = afterRateLimit(account, 'a:1', limited, nine + minute, facts);

  test('a rate limit of one integration pauses nothing, however often it is met', () => {
    expect(first).toEqual({ ...account, rateLimited: { integrationId: 'a:1', until: nine + minute } });
    expect(afterRateLimit(first, 'a:1', limited, nine + 2 * minute, facts)).toBe(first);
  });

  test('a rate limit that two integrations meet in one window pauses the account', () => {
    const both = afterRateLimit(first, 'b:2', limited, nine + minute, { now: nine + minute - 1, retryAfterMs: 90_000 });
    expect(both.pause).toMatchObject({ code: 'PLATFORM.RATE_LIMIT_EXCEEDED', by: 'kombo' });
    expect(both.pause?.end?.nextAt).toBe(nine + minute - 1 + 90_000);
  });

  test('a rate limit that another integration meets after the window starts a new window', () => {
    const later = afterRateLimit(first, 'b:2', limited, nine + 2 * minute, { now: nine + minute });
    expect(later.pause).toBeUndefined();
    expect(later.rateLimited).toEqual({ integrationId: 'b:2', until: nine + 2 * minute });
  });
});

describe('a pause of a lane that is already paused', () => {
  const inactive: typeof missingRight = {
    code: 'INTEGRATION.INACTIVE',
    by: 'kombo',
    reason: 'Kombo answered HTTP 409.',
    since: nine,
    end: { by: 'unread', nextAt: nine + hour, probes: 0 },
  };

  test.each<[string, Lane, typeof missingRight, typeof missingRight]>([
    ["an operator's pause replaces one that Kombo caused", { ...fresh, pause: missingRight }, byOperator, byOperator],
    ["Kombo never replaces an operator's pause", { ...fresh, pause: byOperator }, missingRight, byOperator],
    [
      "the second of two operators' pauses changes nothing",
      { ...fresh, pause: byOperator },
      { ...byOperator, reason: 'x' },
      byOperator,
    ],
    [
      'Kombo does not replace a pause with the same cause, so its probes keep their intervals',
      { ...fresh, pause: missingRight },
      { ...missingRight, since: nine + hour },
      missingRight,
    ],
    [
      'another cause replaces the known one, and keeps the start and the count of probes',
      { ...fresh, pause: { ...missingRight, end: { by: 'probe', nextAt: nine, probes: 4, probedId: 'x' } } },
      { ...inactive, since: nine + hour },
      { ...inactive, since: nine, causeSince: nine + hour, end: { by: 'unread', nextAt: nine + hour, probes: 4 } },
    ],
    [
      'another cause replaces one without an end, and has not been probed',
      { ...fresh, pause: { ...byOperator, by: 'kombo' } },
      { ...inactive, since: nine + hour },
      { ...inactive, since: nine, causeSince: nine + hour },
    ],
  ])('%s', (_, lane, pause, expected) => {
    expect(paused(lane, pause).pause).toEqual(expected);
  });

  test('a pause with the same cause returns the same lane, so that nothing is written', () => {
    const lane = { ...fresh, pause: missingRight };
    expect(paused(lane, { ...missingRight, since: nine + hour })).toBe(lane);
  });

  test('opening a lane ends its pause, resets its count of outages, and is remembered for the retry budgets', () => {
    expect(opened({ ...fresh, outages: 3, pause: missingRight, nextAt: nine + day }, nine)).toEqual({
      ...fresh,
      pause: undefined,
      outages: 0,
      openedAt: nine,
      nextAt: nine,
    });
  });
});

describe('the time of the next look into an open lane', () => {
  const counts = { waiting: 0, unknown: 0, at: nine };
  test.each<[string, Partial<Lane>, number | undefined, number | undefined]>([
    [
      'a lane touched recently with something due is read now, behind the other lanes',
      { touchedAt: nine, nextAt: nine - hour },
      nine,
      nine,
    ],
    [
      'a lane with something due is read in the next run, behind the lanes that are due',
      { nextAt: nine - hour },
      nine - hour,
      nine,
    ],
    [
      'a lane touched 20 minutes ago is read in every run, whatever the index shows',
      { touchedAt: nine - 20 * minute, nextAt: nine - minute },
      undefined,
      nine - minute,
    ],
    [
      'a lane touched 20 minutes ago is read in every run, even if its next file is due in an hour',
      { touchedAt: nine - 20 * minute, nextAt: nine + hour },
      nine + hour,
      nine,
    ],
    [
      'a lane touched earlier is read when its next file is due',
      { touchedAt: nine - 21 * minute },
      nine + hour,
      nine + hour,
    ],
    [
      'a lane touched earlier without a file is read once more, an hour after the touch',
      { touchedAt: nine - 21 * minute },
      undefined,
      nine + 39 * minute,
    ],
    [
      'a lane without a file and without a touch for an hour is never read',
      { touchedAt: nine - hour, nextAt: nine },
      undefined,
      undefined,
    ],
    [
      'a lane with a file and without a touch for a day is read when the file is due',
      { touchedAt: nine - day },
      nine + minute,
      nine + minute,
    ],
  ])('%s', (_, lane, earliestDueAt, nextAt) => {
    expect(afterRead({ ...fresh, ...lane }, { counts, earliestDueAt }, nine).nextAt).toBe(nextAt);
  });

  test('a reading that shows nothing new returns the same lane, for an hour', () => {
    const lane = { ...fresh, touchedAt: nine - day, nextAt: nine + minute, counts };
    const reading = (at: number) => ({ counts: { ...counts, at }, earliestDueAt: nine + minute });
    expect(afterRead(lane, reading(nine + hour - 1), nine)).toBe(lane);
    expect(afterRead(lane, reading(nine + hour), nine)).not.toBe(lane);
    expect(afterRead(lane, { ...reading(nine), earliestDueAt: nine + 1 }, nine)).not.toBe(lane);
    for (const change of [{ waiting: 1 }, { unknown: 1 }, { oldestAt: nine }, { unreadable: 1 }])
      expect(afterRead(lane, { ...reading(nine), counts: { ...counts, ...change } }, nine)).not.toBe(lane);
  });
});

describe('a restore of the table, in the lane of the account', () => {
  const restored = { since: nine - hour, at: nine, reason: 'A test.' };

  test("a restore of the table is read from the account's lane, unless that lane cannot be read", () => {
    expect(restoredIn({ ...fresh, restored })).toEqual(restored);
    expect([restoredIn(fresh), restoredIn('unreadable')]).toEqual([undefined, undefined]);
  });

  test('of two reported restores of the table the later one counts', () => {
    const later = { ...restored, at: nine + 1 };
    const lane = restoredLane(fresh, restored);
    expect(lane).toEqual({ ...fresh, restored });
    expect(restoredLane(lane, later)).toEqual({ ...fresh, restored: later });
    expect(restoredLane({ ...fresh, restored: later }, restored)).toEqual({ ...fresh, restored: later });
    const again = { ...restored, reason: 'Another reason.' };
    expect(restoredLane(lane, again)).toEqual({ ...fresh, restored: again });
  });
});

test('an operator names the lane of everything behind the key "account"', () => {
  expect([laneIdOf('account'), laneIdOf(integrationId)]).toEqual(['*', integrationId]);
  expect([laneNameOf('*'), laneNameOf(integrationId)]).toEqual(['account', integrationId]);
});

describe('the place of a lane in the directory', () => {
  const sample = { id: 'x', targetId: 'A', sizeBytes: 1, notedAt: nine, dueAt: nine + minute, tries: 0 };
  const tool = [
    {
      kind: 'candidate' as const,
      contentType: 'application/pdf',
      samples: [sample],
      lessons: [],
      missed: 0,
      nextSampleAt: 0,
    },
  ];
  const counts = { waiting: 1, unknown: 0, at: nine + 30 * minute };
  test.each<[string, Partial<Lane>, ReturnType<typeof placeOf>]>([
    ['a lane with nothing to do has no place in the directory', {}, undefined],
    ['a lane with files is listed by the next one', { nextAt: nine }, { part: 'open', at: nine }],
    ['a lane with a comparison is listed by its time', { tool }, { part: 'open', at: nine + minute }],
    [
      'a lane with files after a comparison is listed by the comparison',
      { tool, nextAt: nine + hour },
      { part: 'open', at: nine + minute },
    ],
    [
      'a paused lane is listed by its next probe',
      { pause: missingRight, nextAt: nine },
      { part: 'paused', at: nine + 5 * minute },
    ],
    [
      'a lane paused by an operator is listed an hour later, to be counted',
      { pause: byOperator },
      { part: 'paused', at: nine + hour },
    ],
    [
      'a paused lane that was counted is listed an hour after the count',
      { pause: byOperator, counts },
      { part: 'paused', at: nine + 90 * minute },
    ],
  ])('%s', (_, lane, place) => {
    expect(placeOf({ ...fresh, ...lane })).toEqual(place);
  });
});

test('an operator reads what is paused, since when and why', () => {
  const pause = { ...missingRight, code: 'INTEGRATION.INACTIVE', reason: 'Kombo answered HTTP 409.' } as const;
  expect(pausedSentence(integrationId, pause)).toBe(
    'The integration has been paused since 2026-01-05T09:00:00.000Z: INTEGRATION.INACTIVE. Kombo answered HTTP 409.',
  );
  expect(pausedSentence('*', pause)).toMatch(/^Everything has been paused since /);
  const ofOperator = (reason: string) => pausedSentence(integrationId, { ...byOperator, reason });
  expect(ofOperator('No. 5 moves.')).toMatch(/: INTEGRATION_PAUSED\. The operator's reason: "No\. 5 moves"\.$/);
  expect(ofOperator('A move')).toMatch(/ The operator's reason: "A move"\.$/);
});
