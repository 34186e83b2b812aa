import { describe, expect, test } from 'vitest';
import type { FailureCode } from '../../../lib/failures/failures.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { minute, nine, recordIn, states, target, upload } from '../../fakes/ledger-samples.ts';
import { next } from '../../fakes/ledger-steps.ts';

describe('an upload that is recorded without a claim', () => {
  const failure = { code: 'INTEGRATION_PAUSED', detail: 'The integration is paused.' } as const;
  const postponed = { kind: 'postponed', upload, target, attachmentType: 'CV', failure, dueAt: nine } as const;

  test('an upload recorded without a claim has no attempt yet, and its whole retry budget', () => {
    expect(next(undefined, postponed)).toEqual({
      upload,
      target,
      attachmentType: 'CV',
      state: { status: 'waiting', dueAt: nine, failure },
      waited: true,
      attempts: 0,
      attemptsSinceRelease: 0,
      countedAttempts: undefined,
      countedSince: undefined,
      createdAt: nine,
      updatedAt: nine,
      version: 1,
      writeId: 'write-2',
    });
  });

  test('an upload of a backfill that is recorded without a claim stays one', () => {
    expect(next(undefined, { ...postponed, backfill: true }).backfill).toBe(true);
  });

  test('a newer upload of a rejected file that is recorded without a claim replaces its facts, and keeps its history', () => {
    const newer = { ...upload, versionId: 'version-2' };
    expect(next(recordIn(states.rejected, { attempts: 3 }), { ...postponed, upload: newer })).toMatchObject({
      upload: newer,
      state: { status: 'waiting', dueAt: nine, failure },
      attempts: 3,
      attemptsSinceRelease: 0,
    });
  });
});

describe('the retry budget of a file', () => {
  const fail = (record: LedgerRecord, code: FailureCode, now: number) =>
    next(
      record,
      { kind: 'failed', owner: 'owner-A', as: 'waiting', failure: { code, detail: 'No.' }, dueAt: now + minute },
      now,
    );

  test('the retry budget starts with the first failure that counts, and the next one does not move its start', () => {
    const first = fail(recordIn(states.sending), 'STORAGE_UNAVAILABLE', nine + minute);
    expect(first).toMatchObject({ countedAttempts: 1, countedSince: nine + minute, waited: true });
    const second = fail({ ...first, state: states.sending }, 'SOURCE_SHORT', nine + 2 * minute);
    expect(second).toMatchObject({ countedAttempts: 2, countedSince: nine + minute });
  });

  test('the retry budget starts again when the file waits for another upload to be decided first', () => {
    const waits = { kind: 'failed', owner: 'owner-A', as: 'waiting', failure: states.held.failure } as const;
    const used = { attemptsSinceRelease: 3, countedAttempts: 3, countedSince: nine - minute };
    expect(next(recordIn(states.sending, used), { ...waits, dueAt: nine, waitsUntil: nine })).toMatchObject({
      attemptsSinceRelease: 0,
      countedAttempts: undefined,
      countedSince: undefined,
    });
  });

  test.each([
    'KOMBO_UNREACHABLE',
    'REMOTE.RATE_LIMIT_EXCEEDED',
    'INTEGRATION.INACTIVE',
    'PLATFORM.INTEGRATION_NOT_FOUND',
    'PLATFORM.AUTHENTICATION_INVALID',
    'PLATFORM.RATE_LIMIT_EXCEEDED',
    'PLATFORM.CONCURRENCY_LIMIT_EXCEEDED',
    'KOMBO_RATE_LIMITED',
  ] as const)('the retry budget is not used up by %s, because every file would meet it', (code) => {
    const fresh = fail(recordIn(states.sending), code, nine);
    expect([fresh.countedAttempts, fresh.countedSince]).toEqual([undefined, undefined]);
    const used = { countedAttempts: 4, countedSince: nine - minute };
    expect(fail(recordIn(states.sending, used), code, nine)).toMatchObject(used);
  });
});
