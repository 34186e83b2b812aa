import { describe, expect, test } from 'vitest';
import { transition } from '../../../lib/ledger/transition.ts';
import { day, minute, nine, recordIn, states, target } from '../../fakes/ledger-samples.ts';
import { next } from '../../fakes/ledger-steps.ts';

describe('an operator', () => {
  test("an operator's retry gives a new retry budget, and leaves a reason", () => {
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
    "an operator's %s sends the file to the target that its key names now",
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
    "an operator's %s keeps the target of a file whose key names none",
    (kind) => {
      expect(next(recordIn(states.held), { kind, reason: 'It is needed.' })).toMatchObject({
        target,
        attachmentType: 'CV',
      });
    },
  );

  test.each(['retry', 'resend'] as const)(
    'an operator cannot %s a file that never had a target, because no run would find it',
    (kind) => {
      const { target: _, ...nowhere } = recordIn(states.rejected);
      expect(transition(nowhere, { kind, reason: 'It is needed.' }, nine, 'w')).toBeUndefined();
      expect(next(nowhere, { kind, reason: 'It is needed.', target }).target).toEqual(target);
    },
  );

  test("an operator's retry of a file held by the malware scan and something else leaves the other failure", () => {
    const { failure } = states.held;
    const held = { ...states.scanned, otherwise: failure };
    expect(next(recordIn(held), { kind: 'retry', reason: 'It is clean.' }).state).toMatchObject({ failure });
    const { failure: ofScan } = states.scanned;
    expect(next(recordIn(states.scanned), { kind: 'retry', reason: 'It is.' }).state).toMatchObject({
      failure: ofScan,
    });
  });

  test("an operator's retry makes the file wait, so an object that is gone by then is reported as lost", () => {
    expect(next(recordIn(states.held), { kind: 'retry', reason: 'The ATS is back.' }).waited).toBe(true);
  });

  test("an operator's retry of a file that may be delivered has the target read immediately, and keeps the time of doubt", () => {
    const record = recordIn(states.doubtful, { firstUnknownAttemptAt: nine - 9 * minute });
    expect(next(record, { kind: 'retry', reason: 'Rights are granted now.' })).toMatchObject({
      state: { status: 'unknown', dueAt: nine, absentLooks: 0 },
      firstUnknownAttemptAt: nine - 9 * minute,
    });
  });

  test.each(['retry', 'resend'] as const)(
    'an operator takes the risk of further attempts: %s resets the count of unknown ones',
    (kind) => {
      const record = recordIn(states.doubtful, { unknownAttempts: 3 });
      expect(next(record, { kind, reason: 'I have looked.' }).unknownAttempts).toBe(0);
    },
  );

  test("an operator's retry of a file that is being looked up gives it no further attempts", () => {
    const record = recordIn(states.unknown, { unknownAttempts: 2 });
    expect(next(record, { kind: 'retry', reason: 'Sooner, please.' })).toMatchObject({
      unknownAttempts: 2,
      state: { ...states.unknown, dueAt: nine },
    });
  });

  test("an operator's resend drops the time of doubt, because files listed so far prove nothing about the new attempt", () => {
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
    "after an operator's resend of a file that is %s, an earlier copy proves nothing (since %s)",
    (name, resentAt) => {
      expect(next(recordIn(states[name]), { kind: 'resend', reason: 'It is needed.' }).resentAt).toBe(resentAt);
    },
  );

  test("an operator's resend of an attached file leaves a code for it", () => {
    expect(next(recordIn(states.attached), { kind: 'resend', reason: 'It was deleted.' })).toMatchObject({
      state: {
        status: 'waiting',
        dueAt: nine,
        failure: { code: 'RESEND_ASKED', detail: 'An operator asked for it to be sent again.' },
      },
      note: { action: 'resend', reason: 'It was deleted.', at: nine },
    });
  });

  test("an operator's resend of a held file leaves the failure that held it", () => {
    const { failure } = states.held;
    expect(next(recordIn(states.held), { kind: 'resend', reason: 'Now.' }).state).toMatchObject({ failure });
  });

  test("an operator's resolve attaches the file, with the operator as the evidence", () => {
    expect(next(recordIn(states.doubtful), { kind: 'resolve', reason: 'I have looked.' })).toMatchObject({
      state: { status: 'attached', attachedAt: nine, warnings: [], evidence: 'operator' },
      note: { action: 'resolve', reason: 'I have looked.', at: nine },
    });
  });

  test('the same resend again within 15 minutes changes nothing, whatever the state of the file', () => {
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
