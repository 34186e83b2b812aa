import { describe, expect, test } from 'vitest';
import { transition } from '../../../lib/ledger/transition.ts';
import { day, minute, nine, recordIn, states, target } from '../../fakes/ledger-samples.ts';
import { next } from '../../fakes/ledger-steps.ts';

describe('an operator', () => {
  test('who retries gives a new retry budget, and leaves a reason', () => {
    const record = recordIn(states.held, {
      attemptsSinceRelease: 12,
      countedAttempts: 12,
      countedSince: nine - day,
    });
    expect(next(record, { kind: 'retry', reason: 'The ATS is back.' })).toMatchObject({
      state: { status: 'waiting', dueAt: nine },
      attemptsSinceRelease: 0,
      countedAttempts: undefined,
      countedSince: undefined,
      note: { action: 'retry', reason: 'The ATS is back.', at: nine },
    });
  });

  test.each(['retry', 'resend'] as const)(
    'who asks for a %s sends the file to the target that its key names now',
    (kind) => {
      const now = {
        target: { kind: 'application', id: 'APP1', integrationId: 'workday:2' },
        attachmentType: 'OTHER',
      } as const;
      for (const name of ['held', 'rejected', 'waiting'] as const)
        expect(next(recordIn(states[name]), { kind, reason: 'The template was wrong.', ...now })).toMatchObject(now);
    },
  );

  test.each(['retry', 'resend'] as const)(
    'whose %s finds no target in the key keeps the one that the file had',
    (kind) => {
      expect(next(recordIn(states.held), { kind, reason: 'It is needed.' })).toMatchObject({
        target,
        attachmentType: 'CV',
      });
    },
  );

  test.each(['retry', 'resend'] as const)('cannot %s a file that never had a target: no run would find it', (kind) => {
    const { target: _, ...nowhere } = recordIn(states.rejected);
    expect(transition(nowhere, { kind, reason: 'It is needed.' }, nine, 'w')).toBeUndefined();
    expect(next(nowhere, { kind, reason: 'It is needed.', target }).target).toEqual(target);
  });

  test('who retries what the malware scan and something else held is told of the other one', () => {
    const { failure } = states.held;
    const held = { ...states.scanned, otherwise: failure };
    expect(next(recordIn(held), { kind: 'retry', reason: 'It is clean.' }).state).toMatchObject({ failure });
    const { failure: ofScan } = states.scanned;
    expect(next(recordIn(states.scanned), { kind: 'retry', reason: 'It is.' }).state).toMatchObject({
      failure: ofScan,
    });
  });

  test('who retries makes it wait, so an object that is gone by then is reported as lost', () => {
    expect(next(recordIn(states.held), { kind: 'retry', reason: 'The ATS is back.' }).waited).toBe(true);
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
    expect(next(record, { kind: 'retry', reason: 'Sooner, please.' })).toMatchObject({
      unknownAttempts: 2,
      state: { ...states.unknown, dueAt: nine },
    });
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
      state: {
        status: 'waiting',
        dueAt: nine,
        failure: { code: 'RESEND_ASKED', detail: 'An operator asked for it to be sent again.' },
      },
      note: { action: 'resend', reason: 'It was deleted.', at: nine },
    });
  });

  test('who resends a held file leaves the failure that held it', () => {
    const { failure } = states.held;
    expect(next(recordIn(states.held), { kind: 'resend', reason: 'Now.' }).state).toMatchObject({ failure });
  });

  test('who resolves it as attached is named as the evidence', () => {
    expect(next(recordIn(states.doubtful), { kind: 'resolve', reason: 'I have looked.' })).toMatchObject({
      state: { status: 'attached', attachedAt: nine, warnings: [], evidence: 'operator' },
      note: { action: 'resolve', reason: 'I have looked.', at: nine },
    });
  });

  test('who sends the same resend again within 15 minutes changes nothing, in whatever state the file is', () => {
    const event = { kind: 'resend', reason: 'It was deleted.' } as const;
    const note = { action: 'resend', reason: event.reason, at: nine };
    for (const state of Object.values(states)) {
      expect(transition(recordIn(state, { note }), event, nine + 15 * minute - 1, 'write-2')).toBeUndefined();
    }
    expect(next(recordIn(states.held, { note }), { ...event, kind: 'retry' }).state.status).toBe('waiting');
    const record = recordIn(states.attached, { note });
    expect(next(record, event, nine + 15 * minute).state.status).toBe('waiting');
    expect(next(record, { ...event, reason: 'It was deleted a second time.' }).state.status).toBe('waiting');
  });
});
