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
    ['of a new lane makes it due now', {}, { touchedAt: nine, nextAt: nine }],
    ['10 minutes old is enough', { touchedAt: nine - 10 * minute }, { touchedAt: nine - 10 * minute }],
    ['older than 10 minutes is repeated', { touchedAt: nine - 10 * minute - 1 }, { touchedAt: nine, nextAt: nine }],
    ['moves a later look to now', { touchedAt: 0, nextAt: nine + hour }, { touchedAt: nine, nextAt: nine }],
    ['does not move an earlier look', { touchedAt: 0, nextAt: nine - hour }, { touchedAt: nine, nextAt: nine - hour }],
  ])('%s', (_, before, after) => {
    expect(touched({ ...fresh, ...before }, nine)).toEqual({ ...fresh, ...after });
  });

  test('that is fresh gives back the same lane, so that nothing is written', () => {
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

describe('answers that the other side is down', () => {
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

  test('are counted anew after a success', () => {
    const lane = afterSuccess(times(2, 'KOMBO_FAULT', 'integration'));
    expect(lane.outages).toBe(0);
    expect(afterFailure(lane, failed('KOMBO_FAULT'), 'integration', facts).pause).toBeUndefined();
  });

  test.each<FailureCode>(['ANSWER_LOST', 'ANSWER_TIMED_OUT', 'KOMBO_FAULT', 'PLATFORM.TASK_TIMED_OUT'])(
    'were none when the tool lists files after an answer that was only lost: %s',
    (code) => {
      const lane = afterListing(times(2, code, 'integration'));
      expect(lane.outages).toBe(0);
      expect(afterFailure(lane, failed(code), 'integration', facts).pause).toBeUndefined();
    },
  );

  test.each<FailureCode>(['REMOTE.SERVICE_UNAVAILABLE', 'REMOTE.RATE_LIMIT_EXCEEDED', 'KOMBO_BROKE_OFF'])(
    'are not taken back by a tool that lists files where the latest one says so: %s',
    (code) => {
      const lane = times(2, code, 'integration');
      expect(afterListing(lane)).toBe(lane);
      const mixed = afterFailure(times(1, 'ANSWER_LOST', 'integration'), failed(code), 'integration', facts);
      expect(afterListing(mixed)).toBe(mixed);
    },
  );

  test('a listing where nothing is counted gives back the same lane', () => {
    expect(afterListing(fresh)).toBe(fresh);
    const taken = afterListing(times(1, 'ANSWER_LOST', 'integration'));
    expect(afterListing(taken)).toBe(taken);
  });

  test('count nothing while the lane is paused', () => {
    const lane = { ...fresh, pause: missingRight };
    for (const code of ['ANSWER_LOST', 'REMOTE.SERVICE_UNAVAILABLE'] as const)
      expect(afterFailure(lane, failed(code), 'integration', facts)).toBe(lane);
  });

  test('do not concern the lane of the other reach', () => {
    expect(times(3, 'KOMBO_UNREACHABLE', 'integration')).toBe(fresh);
    expect(times(3, 'KOMBO_FAULT', 'account')).toBe(fresh);
  });

  test('a success where nothing was counted gives back the same lane', () => {
    expect(afterSuccess(fresh)).toBe(fresh);
  });
});

describe('a rate limit', () => {
  const limited = failed('PLATFORM.RATE_LIMIT_EXCEEDED');
  const account = newLane('*');
  const first = afterRateLimit(account, 'a:1', limited, nine + minute, facts);

  test('of one integration pauses nothing, however often it is met', () => {
    expect(first).toEqual({ ...account, rateLimited: { integrationId: 'a:1', until: nine + minute } });
    expect(afterRateLimit(first, 'a:1', limited, nine + 2 * minute, facts)).toBe(first);
  });

  test('that two integrations meet in one window pauses the account', () => {
    const both = afterRateLimit(first, 'b:2', limited, nine + minute, { now: nine + minute - 1, retryAfterMs: 90_000 });
    expect(both.pause).toMatchObject({ code: 'PLATFORM.RATE_LIMIT_EXCEEDED', by: 'kombo' });
    expect(both.pause?.end?.nextAt).toBe(nine + minute - 1 + 90_000);
  });

  test('that another integration meets after the window begins a new window', () => {
    const later = afterRateLimit(first, 'b:2', limited, nine + 2 * minute, { now: nine + minute });
    expect(later.pause).toBeUndefined();
    expect(later.rateLimited).toEqual({ integrationId: 'b:2', until: nine + 2 * minute });
  });
});

describe('pauses that meet', () => {
  const inactive: typeof missingRight = {
    code: 'INTEGRATION.INACTIVE',
    by: 'kombo',
    reason: 'Kombo answered HTTP 409.',
    since: nine,
    end: { by: 'unread', nextAt: nine + hour, probes: 0 },
  };

  test.each<[string, Lane, typeof missingRight, typeof missingRight]>([
    ['an operator replaces what Kombo caused', { ...fresh, pause: missingRight }, byOperator, byOperator],
    ['Kombo replaces nothing that an operator asked for', { ...fresh, pause: byOperator }, missingRight, byOperator],
    [
      'the second of two operators changes nothing',
      { ...fresh, pause: byOperator },
      { ...byOperator, reason: 'x' },
      byOperator,
    ],
    [
      'Kombo does not replace a pause by one of the same cause, so its probes keep their distance',
      { ...fresh, pause: missingRight },
      { ...missingRight, since: nine + hour },
      missingRight,
    ],
    [
      'another cause that Kombo names replaces the known one, which has been there since then and was tried as often',
      { ...fresh, pause: { ...missingRight, end: { by: 'probe', nextAt: nine, probes: 4, probedId: 'x' } } },
      { ...inactive, since: nine + hour },
      { ...inactive, since: nine, causeSince: nine + hour, end: { by: 'unread', nextAt: nine + hour, probes: 4 } },
    ],
  ])('%s', (_, lane, pause, expected) => {
    expect(paused(lane, pause).pause).toEqual(expected);
  });

  test('the same cause gives back the same lane, so that nothing is written', () => {
    const lane = { ...fresh, pause: missingRight };
    expect(paused(lane, { ...missingRight, since: nine + hour })).toBe(lane);
  });

  test('opening ends the pause, counts outages anew, and is remembered for the retry budgets', () => {
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
    ['something is due now, touched: behind the other lanes', { touchedAt: nine, nextAt: nine - hour }, nine, nine],
    ['something is due: in the next run, behind the lanes that are due', { nextAt: nine - hour }, nine - hour, nine],
    [
      'touched 20 minutes ago: every run, whatever the index shows',
      { touchedAt: nine - 20 * minute, nextAt: nine - minute },
      undefined,
      nine - minute,
    ],
    [
      'touched 20 minutes ago, next file in an hour: every run',
      { touchedAt: nine - 20 * minute, nextAt: nine + hour },
      nine + hour,
      nine,
    ],
    ['touched earlier: when the next file is due', { touchedAt: nine - 21 * minute }, nine + hour, nine + hour],
    [
      'touched earlier, no file: once more an hour after the touch',
      { touchedAt: nine - 21 * minute },
      undefined,
      nine + 39 * minute,
    ],
    ['no file and no touch for an hour: never', { touchedAt: nine - hour, nextAt: nine }, undefined, undefined],
    ['a file, and no touch for a day: when it is due', { touchedAt: nine - day }, nine + minute, nine + minute],
  ])('%s', (_, lane, earliestDueAt, nextAt) => {
    expect(afterRead({ ...fresh, ...lane }, { counts, earliestDueAt }, nine).nextAt).toBe(nextAt);
  });

  test('a reading that shows nothing new gives back the same lane, for an hour', () => {
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

  test('is known from the lane, and not from one that cannot be read', () => {
    expect(restoredIn({ ...fresh, restored })).toEqual(restored);
    expect([restoredIn(fresh), restoredIn('unreadable')]).toEqual([undefined, undefined]);
  });

  test('of two reports the later one counts', () => {
    const later = { ...restored, at: nine + 1 };
    const lane = restoredLane(fresh, restored);
    expect(lane).toEqual({ ...fresh, restored });
    expect(restoredLane(lane, later)).toEqual({ ...fresh, restored: later });
    expect(restoredLane({ ...fresh, restored: later }, restored)).toEqual({ ...fresh, restored: later });
    const again = { ...restored, reason: 'Another reason.' };
    expect(restoredLane(lane, again)).toEqual({ ...fresh, restored: again });
  });
});

test('an operator calls the lane of everything behind the key by a name', () => {
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
    ['nothing to do', {}, undefined],
    ['files', { nextAt: nine }, { part: 'open', at: nine }],
    ['a comparison', { tool }, { part: 'open', at: nine + minute }],
    ['files after a comparison', { tool, nextAt: nine + hour }, { part: 'open', at: nine + minute }],
    ['paused: its next probe', { pause: missingRight, nextAt: nine }, { part: 'paused', at: nine + 5 * minute }],
    ['paused by an operator: counted after an hour', { pause: byOperator }, { part: 'paused', at: nine + hour }],
    ['paused, counted: an hour later', { pause: byOperator, counts }, { part: 'paused', at: nine + 90 * minute }],
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
});
