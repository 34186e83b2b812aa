import { describe, expect, test } from 'vitest';
import type { LedgerEvent } from '../../../lib/ledger/ledger-event.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { transition } from '../../../lib/ledger/transition.ts';
import {
  answerLost,
  day,
  hour,
  integrationId,
  minute,
  nine,
  recordIn,
  states,
  target,
  upload,
} from '../../fakes/ledger-samples.ts';

const next = (record: LedgerRecord | undefined, event: LedgerEvent, now = nine): LedgerRecord => {
  const result = transition(record, event, now, 'write-2');
  if (!result) throw new Error('not allowed');
  return result;
};

const claim: Extract<LedgerEvent, { kind: 'claim' }> = {
  kind: 'claim',
  upload,
  target,
  attachmentType: 'CV',
  owner: 'owner-B',
  leaseUntil: nine + 7 * minute,
};
const sent = { name: 'Frank Doe CV.pdf', type: 'CV', contentType: 'application/pdf' } as const;
const paused = { code: 'INTEGRATION_PAUSED', detail: 'The integration is paused.' } as const;

describe('a claim', () => {
  test('of an unseen upload begins its record', () => {
    expect(next(undefined, claim)).toEqual({
      upload,
      target,
      attachmentType: 'CV',
      state: { status: 'sending', owner: 'owner-B', leaseUntil: nine + 7 * minute },
      attempts: 1,
      attemptsSinceRelease: 1,
      releasedAt: nine,
      attemptedAt: nine,
      createdAt: nine,
      updatedAt: nine,
      version: 1,
      writeId: 'write-2',
    });
  });

  test('counts the attempt and the try, and keeps the retry budget that started with the first', () => {
    const record = recordIn(states.retrying, {
      attempts: 5,
      attemptsSinceRelease: 3,
      releasedAt: nine - day / 2,
      version: 9,
    });
    expect(next(record, claim)).toMatchObject({
      attempts: 6,
      attemptsSinceRelease: 4,
      releasedAt: nine - day / 2,
      attemptedAt: nine,
      version: 10,
    });
  });

  test.each(['superseded', 'rejected'] as const)('of what was %s weeks ago starts with a new retry budget', (name) => {
    const record = recordIn(states[name], {
      attempts: 12,
      attemptsSinceRelease: 12,
      releasedAt: nine - 30 * day,
      throttledAttempts: 5,
    });
    const again = next(record, { ...claim, upload: { ...upload, versionId: 'version-2' } });
    expect(again).toMatchObject({ attempts: 13, attemptsSinceRelease: 1, releasedAt: nine });
    expect(again.throttledAttempts).toBeUndefined();
  });

  test('takes version and size from the newest event', () => {
    const newer = { ...upload, versionId: 'version-2', sizeBytes: 48_212 };
    expect(next(recordIn(states.retrying), { ...claim, upload: newer }).upload).toEqual(newer);
  });

  test('keeps the version that an event without one does not know', () => {
    const { versionId: _, ...unversioned } = upload;
    expect(next(recordIn(states.retrying), { ...claim, upload: unversioned }).upload.versionId).toBe('version-1');
  });

  test('follows a key template that names another target now', () => {
    const application = { kind: 'application', id: 'APP1', integrationId } as const;
    expect(next(recordIn(states.retrying), { ...claim, target: application }).target).toEqual(application);
  });

  test('does not take a rejected file again for an event without a version', () => {
    const { versionId: _, ...unversioned } = upload;
    expect(transition(recordIn(states.rejected), { ...claim, upload: unversioned }, nine, 'w')).toBeUndefined();
  });
});

describe('the word of the owner', () => {
  const sending = recordIn(states.sending);

  test('keeps the warnings and what was sent', () => {
    const done = next(sending, {
      kind: 'delivered',
      owner: 'owner-A',
      warnings: ['File type not in the list; stored as other.'],
      sent,
    });
    expect(done.state).toEqual({
      status: 'attached',
      attachedAt: nine,
      warnings: ['File type not in the list; stored as other.'],
      evidence: 'answer',
    });
    expect(done.sent).toEqual(sent);
  });

  test('that the answer is lost keeps the start of the attempt, from which a listed file may be ours', () => {
    const lost = {
      kind: 'failed',
      owner: 'owner-A',
      as: 'unknown',
      failure: answerLost,
      dueAt: nine + minute,
    } as const;
    const record = recordIn(states.sending, { attemptedAt: nine - minute });
    expect(next(record, lost).firstUnknownAttemptAt).toBe(nine - minute);
  });

  test('a second lost answer does not move that start', () => {
    const lost = {
      kind: 'failed',
      owner: 'owner-A',
      as: 'unknown',
      failure: answerLost,
      dueAt: nine + minute,
    } as const;
    const record = recordIn(states.sending, { attemptedAt: nine - minute, firstUnknownAttemptAt: nine - 20 * minute });
    expect(next(record, lost).firstUnknownAttemptAt).toBe(nine - 20 * minute);
  });

  test('still counts after the lease, as long as nobody has found it expired', () => {
    const done = next(
      recordIn(states.expired),
      { kind: 'delivered', owner: 'owner-A', warnings: [], sent },
      nine + minute,
    );
    expect(done.state.status).toBe('attached');
  });

  test('that it failed keeps an earlier word of what was sent', () => {
    const record = recordIn(states.sending, { sent });
    const failure = { code: 'STORAGE_UNAVAILABLE', detail: 'S3 answered SlowDown (HTTP 503).' } as const;
    const failed = next(record, { kind: 'failed', owner: 'owner-A', as: 'retrying', failure, dueAt: nine + minute });
    expect(failed.sent).toEqual(sent);
  });
});

describe('a lease that ended', () => {
  const expire = { kind: 'lease-expired', dueAt: nine + minute } as const;

  test('makes it unknown since the start of the attempt, with a failure that says so', () => {
    const record = next(recordIn(states.expired, { attemptedAt: nine - 7 * minute }), expire);
    expect(record.state).toMatchObject({
      status: 'unknown',
      dueAt: nine + minute,
      absentLooks: 0,
      doubtfulLooks: 0,
      passingLooks: 0,
      unknownSince: nine,
    });
    expect(record.state).toMatchObject({ failure: { code: 'LEASE_EXPIRED' } });
    expect(record.firstUnknownAttemptAt).toBe(nine - 7 * minute);
  });

  test('has not ended one millisecond before its time', () => {
    expect(transition(recordIn(states.expired), expire, nine - 1, 'w')).toBeUndefined();
  });
});

describe('reading the target', () => {
  const unknown = recordIn(states.unknown);

  test('and finding it attaches it, by that evidence', () => {
    expect(next(unknown, { kind: 'found' }).state).toEqual({
      status: 'attached',
      attachedAt: nine,
      warnings: [],
      evidence: 'read-back',
    });
  });

  test('counts the looks that must agree, and those that do not count apart', () => {
    const look = (record: LedgerRecord, counts: 'absent' | 'doubtful' | 'passing') =>
      next(record, { kind: 'looked', counts, dueAt: nine + minute });
    expect(look(look(unknown, 'absent'), 'absent').state).toMatchObject({ absentLooks: 2, doubtfulLooks: 0 });
    expect(look(look(unknown, 'passing'), 'passing').state).toMatchObject({ absentLooks: 0, passingLooks: 2 });
    expect(look(unknown, 'doubtful').state).toMatchObject({ doubtfulLooks: 1, dueAt: nine + minute });
  });

  test('counts no absence from before a doubt: the target shows the file now and then', () => {
    const absent = next(unknown, { kind: 'looked', counts: 'absent', dueAt: nine });
    const doubtful = next(absent, { kind: 'looked', counts: 'doubtful', dueAt: nine });
    expect(doubtful.state).toMatchObject({ absentLooks: 0, doubtfulLooks: 1 });
    expect(next(doubtful, { kind: 'looked', counts: 'absent', dueAt: nine }).state).toMatchObject({ doubtfulLooks: 1 });
  });

  test('keeps what the latest look has shown until the file is attached', () => {
    const look = { at: nine, listed: 3, different: 2, notCompared: 1 };
    const looked = next(unknown, { kind: 'looked', counts: 'passing', dueAt: nine, look });
    expect(looked.lastLook).toEqual(look);
    expect(next(looked, { kind: 'found', look }).lastLook).toBeUndefined();
  });

  test('sends it again with a new retry budget, and keeps its suspicion and its unknown attempts', () => {
    const suspicion = { firstUnknownAttemptAt: nine - 10 * minute, unknownAttempts: 2 };
    const record = recordIn(states.unknown, { ...suspicion, attemptsSinceRelease: 4, releasedAt: nine - day });
    expect(next(record, { kind: 'absent', dueAt: nine + hour })).toMatchObject({
      ...suspicion,
      state: { status: 'retrying', dueAt: nine + hour },
      attemptsSinceRelease: 0,
      releasedAt: nine,
    });
  });

  test('waits for the end of a pause, and then reads: it is never sent on the end of a pause alone', () => {
    const waiting = next(unknown, { kind: 'paused', scope: integrationId, failure: paused });
    expect(waiting.state).toEqual({
      status: 'held',
      heldAt: nine,
      failure: paused,
      mayBeDelivered: true,
      pausedBy: integrationId,
    });
    const released = next(waiting, { kind: 'released', scope: integrationId, dueAt: nine + minute });
    expect(released.state).toMatchObject({ status: 'unknown', dueAt: nine + minute });
  });

  test.each(['paused', 'pausedDoubtful'] as const)(
    'keeps its unknown attempts through a pause: no outage gives a file more than three (%s)',
    (name) => {
      const waiting = recordIn(states[name], { unknownAttempts: 2 });
      const released = next(waiting, { kind: 'released', scope: integrationId, dueAt: nine });
      expect(released.unknownAttempts).toBe(2);
    },
  );
});

describe('an operator', () => {
  test('who retries gives a new retry budget, and leaves a reason', () => {
    const record = recordIn(states.held, { attemptsSinceRelease: 12, releasedAt: nine - day, throttledAttempts: 5 });
    expect(next(record, { kind: 'retry', reason: 'The ATS is back.' })).toMatchObject({
      state: { status: 'retrying', dueAt: nine },
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
      state: { status: 'retrying', dueAt: nine, failure: { code: 'RESEND_ASKED' } },
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
