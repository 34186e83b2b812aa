import type { FailureDetail } from '../failures/failures.ts';
import { OwnError } from '../failures/own-error.ts';
import {
  heldByVerdict,
  isNewVerdict,
  resolveChange,
  scannedChange,
  staysBlocked,
  verdictBy,
} from './change-by-verdict.ts';
import { doubtedChange } from './doubted.ts';
import { becomeUnknown, failureChange, keyNotMatched, leaseExpired } from './failure-change.ts';
import { aboutUpload, firstRecord, isFirst, targetOf, unscannedChange } from './first-record.ts';
import { acknowledge, openVerdict } from './latest-verdict.ts';
import { type EventOf, formsOf, type LedgerEvent } from './ledger-event.ts';
import { moves, situationOf } from './moves.ts';
import {
  attachedState,
  backToWaiting,
  type Change,
  heldState,
  rejectedState,
  resetRetryBudget,
  sendingState,
  unknownState,
} from './new-state.ts';
import { type LedgerRecord, mayHaveArrived, type State, type UnknownOutcome } from './record.ts';
import { isSameResend } from './repeated-decision.ts';
import { isBeforeRestore, isInDoubt } from './restored.ts';

/**
 * Decides the next state of an upload; no other code does. Pure: it gets the record that was read, the event and the
 * time. `moves` says which event is allowed in which situation; this file says what it changes.
 * @returns the next record, or undefined when the event is not allowed: then nothing changes, and the record says why.
 */
export const transition = (
  record: LedgerRecord | undefined,
  event: LedgerEvent,
  now: number,
  writeId: string,
): LedgerRecord | undefined => {
  const situation = situationOf(record?.state);
  const to = formsOf(event, record)
    .map((form) => moves[form][situation])
    .find((status) => status !== undefined);
  if (to === undefined) return undefined;
  if (record === undefined) return isFirst(event) ? firstRecord(event, now, writeId) : undefined;
  if (!appliesTo(record, event, now)) return undefined;
  const next = { ...record, ...changeBy(record, event, now), updatedAt: now, version: record.version + 1, writeId };
  return { ...next, state: heldByVerdict(next, now) };
};

/**
 * Only the owner of a claim may report how it ended, and after the lease only for its own attempt. A lease must have
 * ended before it expires. A waiting file is claimed only once it is due, because a run may have read an outdated page
 * of the list.
 */
const appliesTo = (record: LedgerRecord, event: LedgerEvent, now: number): boolean => {
  const { state, attempts } = record;
  switch (event.kind) {
    case 'claim':
      if (isInDoubt(record, event.restored) || staysBlocked(record, event)) return false;
      return state.status !== 'waiting' || event.early === true || state.dueAt <= now;
    case 'postponed':
      return !isInDoubt(record, event.restored) && !staysBlocked(record, event);
    case 'doubted':
      return isBeforeRestore(record, event.restored);
    case 'scanned':
      return isNewVerdict(record, event);
    case 'retry':
      // Without a target there is no lane to wait in.
      return (event.target ?? record.target) !== undefined;
    case 'resend':
      return (event.target ?? record.target) !== undefined && !isSameResend(record, event.reason, now);
    case 'delivered':
    case 'same-bytes':
    case 'failed':
      return state.status === 'sending' && state.owner === event.owner;
    case 'delivered-late':
      return attempts === event.attempt;
    case 'lease-expired':
      return state.status === 'sending' && state.leaseUntil <= now;
    case 'resolve':
      return state.status !== 'attached' || openVerdict(record.verdict) !== undefined;
    default:
      return true;
  }
};

const changeBy = (record: LedgerRecord, event: LedgerEvent, now: number): Change => {
  const { state } = record;
  switch (event.kind) {
    case 'claim':
      return claimChange(record, event, now);
    case 'postponed':
      return {
        ...backToWaiting(event.failure, event.dueAt),
        ...aboutUpload(record, event),
        ...verdictBy(record, event),
      };
    case 'doubted':
      return {
        ...doubtedChange(record, event.upload, event.restored, now),
        ...aboutUpload(record, event),
        ...verdictBy(record, event),
      };
    case 'delivered':
    case 'delivered-late':
      return { state: attachedState(now, event.warnings, 'answer'), ...openedBy(record, event), lastLook: undefined };
    case 'same-bytes':
      return {
        state: attachedState(event.attachedAt, [], 'same-bytes'),
        ...openedBy(record, event),
        lastLook: undefined,
      };
    case 'failed':
      return { ...failureChange(record, event, now), ...openedBy(record, event) };
    case 'lease-expired':
      return record.target
        ? becomeUnknown(record, leaseExpired, event.dueAt, now)
        : { state: rejectedState(keyNotMatched, now) };
    case 'found':
      return { state: attachedState(now, [], 'read-back'), ...seenBy(event), lastLook: undefined };
    case 'looked':
      return { state: countLook(unknownOutcome(state), event), ...seenBy(event) };
    case 'absent':
      return { ...backToWaiting(unknownOutcome(state).failure, event.dueAt), ...seenBy(event) };
    case 'undecidable':
      return { state: heldState(now, event.failure, true), ...seenBy(event) };
    case 'scanned':
      return scannedChange(record, event, now);
    case 'unscanned':
      return { ...unscannedChange(record, event, now), ...aboutUpload(record, event) };
    case 'retry':
      return {
        ...(event.restored && isBeforeRestore(record, event.restored) && !mayHaveArrived(state)
          ? doubtedChange(record, record.upload, event.restored, now)
          : releaseChange(state, now)),
        ...targetOf(event),
        // A check of the target does not acknowledge a verdict.
        ...(state.status !== 'unknown' && { unknownAttempts: 0, ...acknowledge(record.verdict) }),
        note: { action: 'retry', reason: event.reason, at: now },
      };
    case 'resend':
      return resendChange(record, event, now);
    case 'resolve':
      return { ...resolveChange(record, now), note: { action: 'resolve', reason: event.reason, at: now } };
  }
};

/** `moves` allows these events only for `unknown`. */
const unknownOutcome = (state: State): UnknownOutcome => {
  if (state.status !== 'unknown') throw new OwnError(`The target of a file that is ${state.status} is not checked.`);
  return state;
};

const claimChange = (record: LedgerRecord, event: EventOf<'claim'>, now: number): Change => ({
  state: sendingState(event),
  ...aboutUpload(record, event),
  ...verdictBy(record, event),
  attempts: record.attempts + 1,
  // A record that was not waiting may have been settled weeks ago, so its retry budget starts again.
  ...(record.state.status === 'waiting'
    ? { attemptsSinceRelease: record.attemptsSinceRelease + 1 }
    : { ...resetRetryBudget(), attemptsSinceRelease: 1, waited: undefined }),
  attemptedAt: now,
});

/** Only consecutive checks without the file count: a file that the target lists only sometimes is a doubt. */
const countLook = (state: UnknownOutcome, { counts, dueAt }: EventOf<'looked'>): State => {
  switch (counts) {
    case 'absent':
      return { ...state, dueAt, absentLooks: state.absentLooks + 1 };
    case 'doubtful':
      return { ...state, dueAt, absentLooks: 0, doubtfulLooks: state.doubtfulLooks + 1 };
    case 'passing':
      return { ...state, dueAt, passingLooks: state.passingLooks + 1 };
  }
};

const sentBy = ({ sent, content }: Partial<Pick<LedgerRecord, 'sent' | 'content'>>) => ({
  ...(sent && { sent }),
  ...(content && { content }),
});

/** Uses the opened object's own time and size, whatever S3's notification said. */
const openedBy = (
  { upload }: LedgerRecord,
  event: EventOf<'delivered' | 'delivered-late' | 'same-bytes' | 'failed'>,
) => ({
  upload: {
    ...upload,
    ...(event.modifiedAt !== undefined && { modifiedAt: event.modifiedAt }),
    ...(event.sizeBytes !== undefined && { sizeBytes: event.sizeBytes }),
  },
  // Replaced once an object was opened: the same bytes may have been uploaded again with another id or none.
  ...(event.sizeBytes !== undefined && { correlationId: event.correlationId }),
  ...sentBy(event),
});

const seenBy = (event: EventOf<'found' | 'looked' | 'absent' | 'undecidable'>) => ({
  ...(event.look && { lastLook: event.look }),
  ...(event.correlationId !== undefined && { correlationId: event.correlationId }),
  ...sentBy(event),
});

/**
 * A file that may have been delivered is looked up again, not sent again. Only states with a failure reach this
 * function.
 */
const releaseChange = (state: State, now: number): Change => {
  if (state.status === 'unknown') return { state: { ...state, dueAt: now } };
  if (!('failure' in state)) throw new OwnError(`A file that is ${state.status} cannot be released.`);
  const failure = (state.status === 'held' && state.otherwise) || state.failure;
  if (mayHaveArrived(state)) return { state: unknownState(failure, now, now) };
  return backToWaiting(failure, now);
};

/** The operator accepts the risk of a second copy and gives a reason. Only a running delivery is not interrupted. */
const resendChange = (record: LedgerRecord, event: EventOf<'resend'>, now: number): Change => {
  const { state, resentAt } = record;
  const failure: FailureDetail =
    'failure' in state ? state.failure : { code: 'RESEND_ASKED', detail: 'An operator asked for it to be sent again.' };
  const mayHaveCopy = state.status === 'attached' || mayHaveArrived(state);
  return {
    ...backToWaiting(failure, now),
    ...targetOf(event),
    unknownAttempts: 0,
    firstUnknownAttemptAt: undefined,
    lastLook: undefined,
    ...acknowledge(record.verdict),
    resentAt: mayHaveCopy ? now : resentAt,
    note: { action: 'resend', reason: event.reason, at: now },
  };
};
