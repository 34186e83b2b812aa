import { describe, expect, test } from 'vitest';
import { day, minute, nine, recordIn, states } from '../../fakes/ledger-samples.ts';
import { next } from '../../fakes/ledger-steps.ts';

describe('an operator', () => {
  test('who retries gives a new retry budget, and leaves a reason', () => {
    const record = recordIn(states.held, { attemptsSinceRelease: 12, releasedAt: nine - day, throttledAttempts: 5 });
    expect(next(record, { kind: 'retry', reason: 'The ATS is back.' })).toMatchObject({
      state: { status: 'waiting', dueAt: nine },
      attemptsSinceRelease: 0,
      releasedAt: nine,
      throttledAttempts: undefined,
      note: { action: 'retry', reason: 'The ATS is back.', at: nine },
    });
  });

  test('who retries what may be delivered makes it be read at once, with its suspicion', () => {
    const record = recordIn(states.doubtful, { firstUnknownAttemptAt: nine - 9 * minute });
    expect(next(record, { kind: 'retry', reason: 'Rights are granted now.' })).toMatchObject({
      state: { status: 'unknown', dueAt: nine, absentLooks: 0 },
      firstUnknownAttemptAt: nine - 9 * minute,
    });
  });

  test.each(['retry', 'resend'] as const)('takes the risk of further attempts: %s counts unknown ones anew', (kind) => {
    const record = recordIn(states.doubtful, { unknownAttempts: 3 });
    expect(next(record, { kind, reason: 'I have looked.' }).unknownAttempts).toBe(0);
  });

  test('who retries what is being looked up gives it no further attempts', () => {
    const record = recordIn(states.unknown, { unknownAttempts: 2 });
    expect(next(record, { kind: 'retry', reason: 'Sooner, please.' }).unknownAttempts).toBe(2);
  });

  test('who resends drops the suspicion: files listed so far prove nothing for what comes now', () => {
    const record = recordIn(states.doubtful, { firstUnknownAttemptAt: nine - 9 * minute });
    expect(next(record, { kind: 'resend', reason: 'It is not there.' }).firstUnknownAttemptAt).toBeUndefined();
  });

  test.each([
    ['attached', nine],
    ['doubtful', nine],
    ['unknown', nine],
    ['held', undefined],
    ['rejected', undefined],
  ] as const)(
    'who resends a file that is %s: a copy of before proves nothing any more (since %s)',
    (name, resentAt) => {
      expect(next(recordIn(states[name]), { kind: 'resend', reason: 'It is needed.' }).resentAt).toBe(resentAt);
    },
  );

  test('who resends an attached file leaves a code that says so', () => {
    expect(next(recordIn(states.attached), { kind: 'resend', reason: 'It was deleted.' })).toMatchObject({
      state: { status: 'waiting', dueAt: nine, failure: { code: 'RESEND_ASKED' } },
      note: { action: 'resend', reason: 'It was deleted.', at: nine },
    });
  });

  test('who resolves it as attached is named as the evidence', () => {
    expect(next(recordIn(states.doubtful), { kind: 'resolve', reason: 'I have looked.' })).toMatchObject({
      state: { status: 'attached', evidence: 'operator' },
      note: { action: 'resolve', reason: 'I have looked.', at: nine },
    });
  });
});
