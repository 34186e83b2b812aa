import { countsAsAttempt, type FailureDetail } from '../failures/failures.ts';
import type { EventOf } from './ledger-event.ts';
import { type Change, heldState, rejectedState, resetRetryBudget, unknownState } from './new-state.ts';
import type { LedgerRecord } from './record.ts';

/** What the end of an unsuccessful attempt changes. Pure. */

export const failureChange = (
  record: LedgerRecord,
  { as, failure, dueAt, waitsUntil, headers }: EventOf<'failed'>,
  now: number,
): Change => {
  switch (as) {
    case 'waiting':
      return {
        state: { status: 'waiting', dueAt, failure },
        waited: true,
        ...(waitsUntil === undefined ? countAttempt(record, failure, now) : resetRetryBudget()),
      };
    case 'unknown':
      return becomeUnknown(record, failure, dueAt, now);
    case 'held':
      return { state: heldState(now, failure, false) };
    case 'rejected':
      return { state: rejectedState(failure, now, headers) };
    case 'superseded':
      return { state: { status: 'superseded', supersededAt: now, failure } };
  }
};

export const leaseExpired: FailureDetail = { code: 'LEASE_EXPIRED', detail: 'The lease ended without an outcome.' };

export const keyNotMatched: FailureDetail = {
  code: 'KEY_NOT_MATCHED',
  detail: 'The key matches no key template. The function that found this ended before it could record it.',
};

const countAttempt = ({ countedAttempts = 0, countedSince }: LedgerRecord, { code }: FailureDetail, now: number) =>
  countsAsAttempt(code) ? { countedAttempts: countedAttempts + 1, countedSince: countedSince ?? now } : {};

export const becomeUnknown = (record: LedgerRecord, failure: FailureDetail, dueAt: number, now: number): Change => ({
  state: unknownState(failure, dueAt, now),
  unknownAttempts: (record.unknownAttempts ?? 0) + 1,
  firstUnknownAttemptAt: record.firstUnknownAttemptAt ?? record.attemptedAt ?? record.createdAt,
});
