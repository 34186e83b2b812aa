import type { FailureDetail } from '../failures/failures.ts';
import { dayMs } from '../limits.ts';
import type { Outcome } from '../outcome.ts';
import type { Upload } from '../upload/upload.ts';
import { failureOfVerdict, verdictOnAttached } from './latest-verdict.ts';
import type { LedgerEntry } from './ledger.ts';
import type { LedgerRecord } from './record.ts';

/** The outcome for the invocation that has just written the record. */
export const outcomeOf = (record: LedgerRecord): Outcome => {
  const { state } = record;
  const about = aboutOf(record);
  const open = openFailureOf(record);
  const found = open ? { failure: open } : {};
  switch (state.status) {
    case 'attached':
      // Attached by another upload, so this one sent nothing.
      if (state.evidence === 'same-bytes') {
        return { ...about, status: 'already-attached', attachedAt: new Date(state.attachedAt), ...found };
      }
      return {
        ...about,
        status: 'attached',
        attachedAt: new Date(state.attachedAt),
        warnings: state.warnings,
        ...arrivalOf(record),
        ...found,
      };
    case 'waiting':
    case 'unknown':
      return { ...about, status: state.status, failure: state.failure, dueAt: new Date(state.dueAt) };
    case 'held':
    case 'rejected':
    case 'superseded':
      return { ...about, status: state.status, failure: state.failure };
    case 'sending':
      return { ...about, status: 'unchanged', as: 'sending', dueAt: new Date(state.leaseUntil) };
  }
};

/**
 * The time when the upload arrived, for measuring delay. It is the object's own time, so that late and lost events are
 * visible. An object that was more than a day old when it was first seen was named by someone, not reported by an
 * event, so its time is when it was first seen.
 */
const arrivalOf = ({ upload, createdAt, backfill, note }: LedgerRecord): { readonly arrivedAt?: Date } => {
  if (backfill || note) return {};
  const { modifiedAt = createdAt } = upload;
  const isReported = modifiedAt <= createdAt && createdAt - modifiedAt <= dayMs;
  return { arrivedAt: new Date(isReported ? modifiedAt : createdAt) };
};

/** The outcome for an invocation that found a record which it may not change. */
export const unchangedOutcome = (known: LedgerEntry, upload: Upload): Outcome => {
  if (!known.readable) {
    const failure = { code: 'RECORD_UNREADABLE', detail: known.reason } as const;
    return { upload, attempt: 0, status: 'unchanged', as: 'held', failure };
  }
  const { record } = known;
  const { state } = record;
  const about = aboutOf(record);
  switch (state.status) {
    case 'attached': {
      const openFailure = openFailureOf(record);
      const attachedAt = new Date(state.attachedAt);
      return { ...about, status: 'already-attached', attachedAt, ...(openFailure && { openFailure }) };
    }
    case 'sending':
      return { ...about, status: 'unchanged', as: 'sending', dueAt: new Date(state.leaseUntil) };
    case 'waiting':
    case 'unknown':
      return { ...about, status: 'unchanged', as: state.status, failure: state.failure, dueAt: new Date(state.dueAt) };
    case 'held':
    case 'rejected':
    case 'superseded':
      return { ...about, status: 'unchanged', as: state.status, failure: state.failure };
  }
};

const openFailureOf = (record: LedgerRecord): FailureDetail | undefined => {
  const listed = verdictOnAttached(record);
  return listed && failureOfVerdict(listed.code);
};

const aboutOf = ({ upload, target, attempts, resentAt }: LedgerRecord) => ({
  upload,
  ...(target && { target }),
  attempt: attempts,
  ...(resentAt !== undefined && { resent: true as const }),
});
