import { describe, expect, test } from 'vitest';
import { firstRecord } from '../../../lib/ledger/first-record.ts';
import { transition } from '../../../lib/ledger/transition.ts';
import {
  answerLost,
  day,
  integrationId,
  minute,
  nine,
  recordIn,
  states,
  target,
  upload,
} from '../../fakes/ledger-samples.ts';
import { claimOf, deliveredBy, next, retryAt, sent } from '../../fakes/ledger-steps.ts';

const claim = claimOf('owner-B');
const lastLook = { at: nine, listed: 3, different: 2, notCompared: 1 };

describe('a claim', () => {
  test('a claim of an unseen upload creates its record', () => {
    expect(next(undefined, { ...claim, backfill: undefined, verdict: undefined })).toStrictEqual({
      upload,
      target,
      attachmentType: 'CV',
      state: { status: 'sending', owner: 'owner-B', leaseUntil: nine + 7 * minute },
      attempts: 1,
      attemptsSinceRelease: 1,
      attemptedAt: nine,
      createdAt: nine,
      updatedAt: nine,
      version: 1,
      writeId: 'write-2',
    });
  });

  test('a claim counts the attempt, and keeps the used part of the retry budget', () => {
    const budget = { countedAttempts: 2, countedSince: nine - day / 2, waited: true };
    const record = recordIn(states.due, { attempts: 5, attemptsSinceRelease: 3, version: 9, ...budget });
    expect(next(record, claim)).toMatchObject({
      attempts: 6,
      attemptsSinceRelease: 4,
      attemptedAt: nine,
      version: 10,
      ...budget,
    });
  });

  test('a claim of a waiting file is allowed from the millisecond in which it is due', () => {
    const record = recordIn(states.waiting);
    expect(transition(record, claim, nine + minute - 1, 'w')).toBeUndefined();
    expect(next(record, claim, nine + minute).state.status).toBe('sending');
  });

  test('a claim by an operator or a probe takes a waiting file before it is due', () => {
    expect(next(recordIn(states.waiting), { ...claim, early: true }).state.status).toBe('sending');
  });

  test('a claim for a backfill is noted, and a claim without one removes the note', () => {
    const record = next(recordIn(states.due), { ...claim, backfill: true });
    expect(record.backfill).toBe(true);
    expect(next(recordIn(states.due, { backfill: true }), claim).backfill).toBeUndefined();
    expect(next(recordIn(states.due), { ...claim, backfill: undefined }).backfill).toBeUndefined();
  });

  test('a claim by an earlier event that arrives late keeps the sequencer, time and version of the later upload', () => {
    const later = { ...upload, sequencer: '0B', modifiedAt: nine, versionId: 'version-2' };
    const earlier = { ...upload, sequencer: '0A', modifiedAt: nine - minute, versionId: 'version-1' };
    const record = recordIn(states.due, { upload: later });
    expect(next(record, { ...claim, upload: earlier }).upload).toEqual(later);
    expect(next(recordIn(states.due, { upload: earlier }), { ...claim, upload: later }).upload).toEqual(later);
  });

  test.each(['superseded', 'rejected'] as const)(
    'a claim of a file that was %s weeks ago starts with a new retry budget',
    (name) => {
      const record = recordIn(states[name], {
        attempts: 12,
        attemptsSinceRelease: 12,
        countedAttempts: 11,
        countedSince: nine - 30 * day,
        waited: true,
      });
      const again = next(record, { ...claim, upload: { ...upload, versionId: 'version-2' } });
      expect(again).toMatchObject({
        attempts: 13,
        attemptsSinceRelease: 1,
        countedAttempts: undefined,
        countedSince: undefined,
        waited: undefined,
      });
    },
  );

  test('a claim takes version and size from the newest event', () => {
    const newer = { ...upload, versionId: 'version-2', sizeBytes: 48_212 };
    expect(next(recordIn(states.due), { ...claim, upload: newer }).upload).toEqual(newer);
  });

  test('a claim by an event without a version keeps the known version', () => {
    const { versionId: _, ...unversioned } = upload;
    expect(next(recordIn(states.due), { ...claim, upload: unversioned }).upload.versionId).toBe('version-1');
  });

  test('a claim follows a key template that names another target now', () => {
    const application = { kind: 'application', id: 'APP1', integrationId } as const;
    expect(next(recordIn(states.due), { ...claim, target: application }).target).toEqual(application);
  });

  test('a claim by an event without a version does not reopen a rejected file', () => {
    const { versionId: _, ...unversioned } = upload;
    expect(transition(recordIn(states.rejected), { ...claim, upload: unversioned }, nine, 'w')).toBeUndefined();
  });
});

describe("the owner's outcome", () => {
  const sending = recordIn(states.sending);

  test("the owner's success keeps the warnings and what was sent", () => {
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

  test.each([
    deliveredBy('owner-A'),
    { kind: 'same-bytes', owner: 'owner-A', attachedAt: nine - day },
    retryAt(nine, 'owner-A'),
  ] as const)("the owner's $kind has what was seen of the object, whatever its event said", (ending) => {
    const seen = { sizeBytes: 9, modifiedAt: nine - day };
    const content = { sizeBytes: 9, checksum: { algorithm: 'SHA256', value: 'q0EE' } } as const;
    const record = recordIn(states.sending, { correlationId: 'crm-1', lastLook });
    expect(next(record, { ...ending, ...seen, content, correlationId: 'crm-2' })).toMatchObject({
      upload: { ...upload, ...seen },
      content,
      correlationId: 'crm-2',
    });
    // The same bytes have been uploaded again, without an id.
    expect(next(record, { ...ending, ...seen }).correlationId).toBeUndefined();
    expect(next(record, ending)).toMatchObject({ upload, correlationId: 'crm-1' });
    expect(next(record, ending).upload).toStrictEqual(upload);
    expect(next(record, ending).lastLook).toEqual(ending.kind === 'failed' ? lastLook : undefined);
    expect(next(record, ending)).not.toHaveProperty('content');
  });

  test("the owner's lost answer keeps the start of the attempt, after which a listed file may be ours", () => {
    const lost = {
      kind: 'failed',
      owner: 'owner-A',
      as: 'unknown',
      failure: answerLost,
      dueAt: nine + minute,
    } as const;
    const record = recordIn(states.sending, { attemptedAt: nine - minute });
    expect(next(record, lost)).toMatchObject({ firstUnknownAttemptAt: nine - minute, unknownAttempts: 1 });
  });

  test('a second lost answer does not move the start of the doubt', () => {
    const lost = {
      kind: 'failed',
      owner: 'owner-A',
      as: 'unknown',
      failure: answerLost,
      dueAt: nine + minute,
    } as const;
    const earlier = { firstUnknownAttemptAt: nine - 20 * minute, unknownAttempts: 1 };
    const record = recordIn(states.sending, { attemptedAt: nine - minute, ...earlier });
    expect(next(record, lost)).toMatchObject({ ...earlier, unknownAttempts: 2 });
  });

  test("the owner's outcome still counts after the lease, as long as no one has found it expired", () => {
    const done = next(
      recordIn(states.expired),
      { kind: 'delivered', owner: 'owner-A', warnings: [], sent },
      nine + minute,
    );
    expect(done.state.status).toBe('attached');
  });

  test('a file that its owner rejects keeps the digest of the headers that were judged', () => {
    const failure = { code: 'FILE_EMPTY', detail: 'The object has no bytes.' } as const;
    const rejected = {
      kind: 'failed',
      owner: 'owner-A',
      as: 'rejected',
      failure,
      dueAt: nine,
      headers: 'digest',
    } as const;
    expect(next(recordIn(states.sending), rejected).state).toEqual({
      status: 'rejected',
      rejectedAt: nine,
      failure,
      headers: 'digest',
    });
  });

  test("the owner's failure keeps what an earlier attempt sent", () => {
    const record = recordIn(states.sending, { sent });
    const failure = { code: 'STORAGE_UNAVAILABLE', detail: 'S3 answered SlowDown (HTTP 503).' } as const;
    const failed = next(record, { kind: 'failed', owner: 'owner-A', as: 'waiting', failure, dueAt: nine + minute });
    expect(failed.sent).toEqual(sent);
  });
});

test('a file whose bytes an earlier upload attached is attached since then, without warnings', () => {
  const same = { kind: 'same-bytes', owner: 'owner-A', attachedAt: nine - day } as const;
  expect(next(recordIn(states.sending), same).state).toEqual({
    status: 'attached',
    attachedAt: nine - day,
    warnings: [],
    evidence: 'same-bytes',
  });
});

test('a clean verdict never creates a held record', () => {
  const scanned = { kind: 'scanned', upload, verdict: { code: 'clean', at: nine } } as const;
  expect(() => firstRecord(scanned, nine, 'w')).toThrow('A clean verdict holds nothing.');
});

test('a newer verdict of the same kind keeps the time since which the file is held', () => {
  const verdict = { code: 'SCAN_FAILED', at: nine } as const;
  const scanned = { kind: 'scanned', upload, target, verdict: { ...verdict, at: nine + minute } } as const;
  const after = next(recordIn(states.scanned, { verdict }), scanned, nine + minute);
  expect(after).toMatchObject({ state: states.scanned, verdict: scanned.verdict });
});

describe('a lease that ended', () => {
  const expire = { kind: 'lease-expired', dueAt: nine + minute } as const;

  test('an ended lease makes the file unknown since the start of the attempt, with its own failure', () => {
    const record = next(recordIn(states.expired, { attemptedAt: nine - 7 * minute }), expire);
    expect(record.state).toMatchObject({
      status: 'unknown',
      dueAt: nine + minute,
      absentLooks: 0,
      doubtfulLooks: 0,
      passingLooks: 0,
      unknownSince: nine,
    });
    expect(record.state).toMatchObject({
      failure: { code: 'LEASE_EXPIRED', detail: 'The lease ended without an outcome.' },
    });
    expect(record.firstUnknownAttemptAt).toBe(nine - 7 * minute);
  });

  test('a lease has not ended one millisecond before its time', () => {
    expect(transition(recordIn(states.expired), expire, nine - 1, 'w')).toBeUndefined();
  });

  test('an ended lease of a file whose key named no target rejects it, because nothing can have been sent', () => {
    const { target: _, attachmentType: __, ...nowhere } = recordIn(states.expired);
    expect(next(nowhere, expire).state).toMatchObject({
      status: 'rejected',
      rejectedAt: nine,
      failure: {
        code: 'KEY_NOT_MATCHED',
        detail: 'The key matches no key template. The function that found this ended before it could record it.',
      },
    });
  });
});
