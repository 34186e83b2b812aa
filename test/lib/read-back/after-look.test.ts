import { describe, expect, test } from 'vitest';
import type { FailureCode } from '../../../lib/failures/failures.ts';
import type { KomboFailure } from '../../../lib/kombo/classify-response.ts';
import type { LedgerRecord, UnknownOutcome } from '../../../lib/ledger/record.ts';
import { afterFailedListing, afterLook, withoutLook } from '../../../lib/read-back/after-look.ts';
import type { Verdict } from '../../../lib/read-back/verdict.ts';
import { answerLost, day, hour, minute, nine, recordIn, states } from '../../fakes/ledger-samples.ts';

const settings = { retryBaseMs: 30_000, readBackAfterMs: minute, readBackAgainMs: 15 * minute };
const seen = 'At noon the target listed 2 files.';

interface Given {
  readonly state?: Partial<UnknownOutcome>;
  readonly record?: Partial<LedgerRecord>;
  /** Since the start of the attempt. */
  readonly afterMs?: number;
  readonly listsWithinMs?: number;
  readonly hasListed?: boolean;
  readonly listedAfterMs?: number;
  /** When the lane or the account opened, since the start of the attempt; absent when neither was ever paused. */
  readonly openedAfterMs?: number;
}

const facts = (given: Given) => {
  const { state: change = {}, record: more = {}, afterMs = minute, listedAfterMs = afterMs } = given;
  const { listsWithinMs = 0, hasListed = false } = given;
  const state: UnknownOutcome = { ...states.unknown, unknownSince: nine, ...change };
  const record = recordIn(state, { attemptedAt: nine, unknownAttempts: 1, ...more });
  const listing = { listedAt: nine + listedAfterMs, listsWithinMs, hasListed };
  const openedAt = given.openedAfterMs === undefined ? 0 : nine + given.openedAfterMs;
  return { record, state, settings, now: nine + afterMs, ...listing, openedAt, random: 0.5, seen };
};

const after = (verdict: Verdict, given: Given = {}) => afterLook(verdict, facts(given));
const absent: Verdict = { kind: 'absent' };
const because = 'A file with different bytes may be this one.';
const passing: Verdict = { kind: 'doubt', passes: true, because };
const staying: Verdict = { kind: 'doubt', passes: false, because };

test('a file that is found is attached', () => {
  expect(after({ kind: 'found' })).toEqual({ kind: 'found' });
});

describe('an absence', () => {
  test('an absence counts once, and the next look comes when the attempt can no longer arrive', () => {
    expect(after(absent)).toEqual({ kind: 'looked', counts: 'absent', dueAt: nine + 15 * minute });
    const late = after(absent, { afterMs: hour });
    expect(late).toEqual({ kind: 'looked', counts: 'absent', dueAt: nine + hour + minute });
  });

  test('a second absence frees the file immediately, but at least 15 minutes after the start of the attempt', () => {
    const second = { state: { absentLooks: 1 } };
    expect(after(absent, { ...second, afterMs: 15 * minute })).toEqual({ kind: 'absent', dueAt: nine + 15 * minute });
    expect(after(absent, { ...second, afterMs: 15 * minute - 1 })).toMatchObject({ kind: 'looked', counts: 'absent' });
  });

  test('an absence does not free the file when the target was listed before these 15 minutes, however long the comparison took', () => {
    const slow = { state: { absentLooks: 1 }, afterMs: 16 * minute, listedAfterMs: 15 * minute - 1 };
    expect(after(absent, slow)).toEqual({ kind: 'looked', counts: 'absent', dueAt: nine + 17 * minute });
    expect(after(absent, { ...slow, listedAfterMs: 15 * minute })).toMatchObject({ kind: 'absent' });
  });

  test.each(['PLATFORM.TASK_TIMED_OUT', 'KOMBO_FAULT', 'ANSWER_LOST'] as const)(
    'an absence waits for these 15 minutes whatever the answer was: %s',
    (code) => {
      const state = { absentLooks: 1, failure: { code, detail: 'It was odd.' } };
      expect(after(absent, { state, afterMs: 14 * minute })).toMatchObject({ kind: 'looked' });
    },
  );

  test('an absence does not free the file before the time that this tool was seen to take for listing one', () => {
    const slow = { state: { absentLooks: 1 }, listsWithinMs: 3 * hour };
    expect(after(absent, { ...slow, afterMs: 3 * hour - 1 })).toEqual({
      kind: 'looked',
      counts: 'absent',
      dueAt: nine + 3 * hour - 1 + minute,
    });
    expect(after(absent, { ...slow, afterMs: 3 * hour })).toMatchObject({ kind: 'absent' });
    expect(after(absent, { listsWithinMs: 3 * hour })).toMatchObject({ dueAt: nine + 3 * hour });
  });

  test('an absence of the third attempt is for an operator', () => {
    const twice = { state: { absentLooks: 1 }, afterMs: hour };
    expect(after(absent, { ...twice, record: { unknownAttempts: 2 } })).toMatchObject({ kind: 'absent' });
    expect(after(absent, { ...twice, record: { unknownAttempts: 3 } })).toMatchObject({
      kind: 'undecidable',
      failure: {
        code: 'OUTCOME_UNKNOWN',
        detail: `It was sent 3 times without a clear answer; the last attempt ended with ANSWER_LOST. ${seen} None of them is this file.`,
      },
    });
  });

  test('after an answer that reports an outage, an absence delays the last attempt by six hours, and only the last', () => {
    const failure = { code: 'REMOTE.SERVICE_UNAVAILABLE', detail: 'Kombo answered HTTP 503.' } as const;
    const begins = (unknownAttempts: number, code: FailureCode = failure.code) =>
      after(absent, {
        state: { absentLooks: 1, failure: { ...failure, code } },
        afterMs: hour,
        record: { unknownAttempts },
      });
    expect(begins(1)).toEqual({ kind: 'absent', dueAt: nine + hour });
    expect(begins(2)).toEqual({ kind: 'absent', dueAt: nine + 6 * hour });
    // An answer that only may be an outage is not a reason to wait.
    for (const code of ['ANSWER_LOST', 'ANSWER_TIMED_OUT', 'KOMBO_FAULT', 'PLATFORM.TASK_TIMED_OUT'] as const)
      expect(begins(2, code)).toEqual({ kind: 'absent', dueAt: nine + hour });
  });
});

describe('a doubt that does not pass', () => {
  test('a doubt that does not pass counts once; the second time an operator decides, who reads what was seen', () => {
    expect(after(staying)).toEqual({ kind: 'looked', counts: 'doubtful', dueAt: nine + 15 * minute });
    const held = after(staying, { state: { doubtfulLooks: 1 }, record: { unknownAttempts: 2 } });
    expect(held).toEqual({
      kind: 'undecidable',
      failure: {
        ...answerLost,
        code: 'OUTCOME_UNKNOWN',
        detail: `It was sent 2 times without a clear answer; the last attempt ended with ANSWER_LOST. ${seen} ${because}`,
      },
    });
  });
});

test.each([
  [0, 'It has not been sent since the last retry by an operator; the last attempt ended with ANSWER_LOST.'],
  [1, 'It was sent once without a clear answer; the last attempt ended with ANSWER_LOST.'],
  [3, 'It was sent 3 times without a clear answer; the last attempt ended with ANSWER_LOST.'],
])('the failure of an undecidable file says how often it was sent: %i times', (unknownAttempts, words) => {
  const held = after(staying, { state: { doubtfulLooks: 1 }, record: { unknownAttempts } });
  expect(held).toMatchObject({ failure: { detail: `${words} ${seen} ${because}` } });
});

test('a file that is held again after a retry says what was seen, and no code of its hold as the end of an attempt', () => {
  const failure = { code: 'OUTCOME_UNKNOWN', detail: 'Held before.' } as const;
  const held = after(staying, { state: { doubtfulLooks: 1, failure }, record: { unknownAttempts: 0 } });
  const words = 'It has not been sent since the last retry by an operator.';
  expect(held).toMatchObject({ failure: { detail: `${words} ${seen} ${because}` } });
});

test('the failure of an undecidable file after a restore of the table names the restore instead of an attempt', () => {
  const failure = { code: 'RESTORED_DOUBT', detail: 'The ledger was restored.' } as const;
  const held = after(staying, { state: { doubtfulLooks: 1, failure } });
  expect(held).toMatchObject({ failure: { detail: `The ledger was restored. ${seen} ${because}` } });
});

describe('a doubt that may pass', () => {
  test('a doubt that may pass does not count for a day: the looks are repeated at growing intervals', () => {
    const wait = (passingLooks: number) => {
      const event = after(passing, { state: { passingLooks } });
      expect(event).toMatchObject({ kind: 'looked', counts: 'passing' });
      return 'dueAt' in event ? event.dueAt - (nine + minute) : 0;
    };
    expect([0, 1, 2, 20].map(wait)).toEqual([minute / 2, minute, 2 * minute, hour / 2]);
  });

  test('a doubt that may pass counts after a day', () => {
    expect(after(passing, { afterMs: day - 1 })).toMatchObject({ counts: 'passing' });
    expect(after(passing, { afterMs: day })).toMatchObject({ counts: 'doubtful' });
    expect(after(passing, { afterMs: day, state: { doubtfulLooks: 1 } })).toMatchObject({ kind: 'undecidable' });
  });

  test('a doubt that may pass has a new day with each uncertainty', () => {
    expect(after(passing, { afterMs: day + hour, state: { unknownSince: nine + 2 * hour } })).toMatchObject({
      counts: 'passing',
    });
  });

  test('a doubt that may pass has a new day when the lane or the account opens, so an outage of any length does not count', () => {
    const openedAfterMs = 6 * day;
    expect(after(passing, { afterMs: 7 * day - 1, openedAfterMs })).toMatchObject({ counts: 'passing' });
    expect(after(passing, { afterMs: 7 * day, openedAfterMs })).toMatchObject({ counts: 'doubtful' });
  });

  test('a doubt that may pass keeps the start of its day when the lane opened before it', () => {
    const given = { state: { unknownSince: nine + 2 * hour }, openedAfterMs: hour };
    expect(after(passing, { ...given, afterMs: day + 2 * hour - 1 })).toMatchObject({ counts: 'passing' });
    expect(after(passing, { ...given, afterMs: day + 2 * hour })).toMatchObject({ counts: 'doubtful' });
  });
});

describe('a target that cannot be listed', () => {
  const failed = (code: KomboFailure['code'], given: Given = {}, more: Partial<KomboFailure> = {}) =>
    afterFailedListing({ code, detail: 'Kombo answered.', ...more }, facts(given));

  test('a target that cannot be listed now is looked at again, not sooner than Kombo asks, and after a day is for an operator', () => {
    expect(failed('KOMBO_UNAVAILABLE')).toMatchObject({ kind: 'looked', counts: 'passing' });
    expect(failed('KOMBO_RATE_LIMITED', {}, { retryAfterMs: 10 * minute })).toMatchObject({
      dueAt: nine + 11 * minute,
    });
    expect(failed('KOMBO_UNAVAILABLE', { afterMs: day })).toEqual({
      kind: 'looked',
      counts: 'doubtful',
      dueAt: nine + day + minute,
    });
    expect(failed('KOMBO_UNAVAILABLE', { afterMs: day, state: { doubtfulLooks: 1 } })).toMatchObject({
      kind: 'undecidable',
    });
  });

  test('a target that cannot be listed has a whole day again when its lane opens', () => {
    const given = { afterMs: 3 * day, openedAfterMs: 2 * day + 1 };
    expect(failed('KOMBO_UNAVAILABLE', given)).toMatchObject({ kind: 'looked', counts: 'passing' });
    expect(failed('KOMBO_UNAVAILABLE', { ...given, openedAfterMs: 2 * day })).toMatchObject({ counts: 'doubtful' });
  });

  test('a target that cannot be listed because a right is missing is for an operator, even if Kombo calls a repeat safe', () => {
    const state = { failure: { code: 'KOMBO_UNAVAILABLE', detail: 'Kombo answered HTTP 503.' } } as const;
    expect(failed('KOMBO_FORBIDDEN', { state })).toMatchObject({ kind: 'undecidable' });
    expect(failed('INTEGRATION.PERMISSION_MISSING', { state })).toMatchObject({ kind: 'undecidable' });
  });

  test('a file of a tool without the listing action is sent again when Kombo calls that safe: five times', () => {
    const state = { failure: { code: 'REMOTE.SERVICE_UNAVAILABLE', detail: 'Kombo answered HTTP 503.' } } as const;
    const cannot = (unknownAttempts: number) =>
      failed('INTEGRATION.ACTION_NOT_AVAILABLE', { state, record: { unknownAttempts } });
    expect(cannot(1)).toEqual({ kind: 'absent', dueAt: nine + minute + 15_000 });
    expect(cannot(4)).toMatchObject({ kind: 'absent' });
    expect(cannot(5)).toMatchObject({ kind: 'undecidable' });
  });

  test('a file of a tool without the listing action is for an operator after any other unknown outcome', () => {
    expect(failed('INTEGRATION.ACTION_NOT_AVAILABLE')).toMatchObject({ kind: 'undecidable' });
  });

  test('a file of a tool that listed before, but says that it cannot, is looked at again for a day, and not sent', () => {
    const state = { failure: { code: 'REMOTE.SERVICE_UNAVAILABLE', detail: 'Kombo answered HTTP 503.' } } as const;
    const refused = (given: Given) => failed('INTEGRATION.MODEL_NOT_AVAILABLE', { hasListed: true, ...given });
    expect(refused({ state })).toMatchObject({ kind: 'looked', counts: 'passing' });
    expect(refused({})).toMatchObject({ kind: 'looked', counts: 'passing' });
    expect(refused({ afterMs: day, state: { ...state, doubtfulLooks: 1 } })).toMatchObject({ kind: 'undecidable' });
  });
});

test('with ON_UNKNOWN=resend a file is sent again immediately without a look, and after the third attempt an operator looks', () => {
  const resent = (unknownAttempts: number) => withoutLook(facts({ record: { unknownAttempts } }));
  expect(resent(1)).toEqual({ kind: 'absent', dueAt: nine + minute });
  expect(resent(2)).toEqual({ kind: 'absent', dueAt: nine + minute });
  const detail = `It was sent 3 times without a clear answer; the last attempt ended with ANSWER_LOST. ${seen}`;
  expect(resent(3)).toEqual({ kind: 'undecidable', failure: { code: 'OUTCOME_UNKNOWN', detail } });
});
