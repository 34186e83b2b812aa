import { type FailureDetail, failureOf } from '../failures/failures.ts';
import { type EventOf, formsOf, type LedgerEvent } from './ledger-event.ts';
import { moves, situationOf } from './moves.ts';
import { type LedgerRecord, mayHaveArrived, type State, type UnknownOutcome } from './record.ts';

/**
 * The one place that decides what becomes of an upload. Pure: the record that was read, what happened, and the time.
 * `moves` says which event is allowed from where; here is what it changes.
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
  const change = changeBy(record, event, now);
  return { ...record, ...change, updatedAt: now, version: record.version + 1, writeId };
};

/**
 * Only the owner of a claim reports how it ended, and after its lease only for the attempt that was its own; a lease must have
 * ended, and a pause releases only its own files.
 */
const appliesTo = ({ state, attempts }: LedgerRecord, event: LedgerEvent, now: number): boolean => {
  switch (event.kind) {
    case 'delivered':
    case 'failed':
      return state.status === 'sending' && state.owner === event.owner;
    case 'delivered-late':
      return attempts === event.attempt;
    case 'lease-expired':
      return state.status === 'sending' && state.leaseUntil <= now;
    case 'released':
      return state.status === 'held' && state.pausedBy === event.scope;
    default:
      return true;
  }
};

type Change = Partial<Omit<LedgerRecord, 'version' | 'writeId' | 'updatedAt'>> & { readonly state: State };

const changeBy = (record: LedgerRecord, event: LedgerEvent, now: number): Change => {
  const { state } = record;
  switch (event.kind) {
    case 'claim':
      return claimChange(record, event, now);
    case 'postponed':
      return { ...backToWaiting(event.failure, event.dueAt, now), ...aboutUpload(record, event) };
    case 'delivered':
    case 'delivered-late':
      return { state: attachedState(now, event.warnings, 'answer'), ...sentBy(event), lastLook: undefined };
    case 'failed':
      return { ...failureChange(record, event, now), ...sentBy(event) };
    case 'lease-expired':
      return becomeUnknown(
        record,
        { code: 'LEASE_EXPIRED', detail: 'The lease ended without an outcome.' },
        event.dueAt,
        now,
      );
    case 'found':
      return { state: attachedState(now, [], 'read-back'), ...seenBy(event), lastLook: undefined };
    case 'looked':
      return { state: countLook(unknownOutcome(state), event), ...seenBy(event) };
    case 'absent':
      return { ...notThereChange(unknownOutcome(state), event.dueAt, now), ...seenBy(event) };
    case 'undecidable':
      return { state: heldState(now, event.failure, true), ...seenBy(event) };
    case 'paused':
      return { state: heldState(now, event.failure, true, event.scope) };
    case 'blocked-by-scan':
      return { state: heldState(now, event.failure, mayHaveArrived(state)) };
    case 'released':
      return releaseChange(state, event.dueAt, now);
    case 'retry':
      return {
        ...releaseChange(state, now, now),
        ...(state.status !== 'unknown' && { unknownAttempts: 0 }),
        note: { action: 'retry', reason: event.reason, at: now },
      };
    case 'resend':
      return resendChange(record, event, now);
    case 'resolve':
      return {
        state: attachedState(now, [], 'operator'),
        note: { action: 'resolve', reason: event.reason, at: now },
      };
  }
};

/** `moves` allows these events for `unknown` alone. */
const unknownOutcome = (state: State): UnknownOutcome => {
  if (state.status !== 'unknown') throw new Error(`The target of a file that is ${state.status} is not read.`);
  return state;
};

type FirstEvent = EventOf<'claim' | 'postponed'>;

const isFirst = (event: LedgerEvent): event is FirstEvent => event.kind === 'claim' || event.kind === 'postponed';

const firstRecord = (event: FirstEvent, now: number, writeId: string): LedgerRecord => ({
  upload: event.upload,
  ...(event.target && { target: event.target }),
  ...(event.attachmentType && { attachmentType: event.attachmentType }),
  ...(event.kind === 'claim'
    ? { state: sendingState(event), attempts: 1, attemptsSinceRelease: 1, attemptedAt: now }
    : {
        state: { status: 'waiting', dueAt: event.dueAt, failure: event.failure },
        attempts: 0,
        attemptsSinceRelease: 0,
      }),
  releasedAt: now,
  createdAt: now,
  updatedAt: now,
  version: 1,
  writeId,
});

const sendingState = ({ owner, leaseUntil }: EventOf<'claim'>): State => ({ status: 'sending', owner, leaseUntil });

const aboutUpload = (
  record: LedgerRecord,
  { upload, target, attachmentType }: Pick<FirstEvent, 'upload' | 'target' | 'attachmentType'>,
) => ({
  // Bucket, key and ETag are the same; the version and the size are those of the newest event.
  upload: { ...record.upload, ...upload },
  // A changed template may name another target now; what was sent before stays sent.
  ...(target && { target }),
  ...(attachmentType && { attachmentType }),
});

const claimChange = (record: LedgerRecord, event: EventOf<'claim'>, now: number): Change => ({
  state: sendingState(event),
  ...aboutUpload(record, event),
  attempts: record.attempts + 1,
  // A record that was not waiting for its next attempt may have been settled weeks ago, so its retry budget starts again.
  ...(record.state.status === 'waiting'
    ? { attemptsSinceRelease: record.attemptsSinceRelease + 1 }
    : { ...resetRetryBudget(now), attemptsSinceRelease: 1 }),
  attemptedAt: now,
});

const attachedState = (
  attachedAt: number,
  warnings: readonly string[],
  evidence: 'answer' | 'read-back' | 'operator',
): State => ({ status: 'attached', attachedAt, warnings, evidence });

const failureChange = (
  record: LedgerRecord,
  { as, failure, dueAt, pausedBy }: EventOf<'failed'>,
  now: number,
): Change => {
  switch (as) {
    case 'waiting':
      return {
        state: { status: 'waiting', dueAt, failure },
        ...(failureOf(failure.code).throttled !== 'no' && { throttledAttempts: (record.throttledAttempts ?? 0) + 1 }),
      };
    case 'unknown':
      return becomeUnknown(record, failure, dueAt, now);
    case 'held':
      return { state: heldState(now, failure, false, pausedBy) };
    case 'rejected':
      return { state: { status: 'rejected', rejectedAt: now, failure } };
    case 'superseded':
      return { state: { status: 'superseded', supersededAt: now, failure } };
  }
};

const unknownState = (failure: FailureDetail, dueAt: number, now: number): UnknownOutcome => ({
  status: 'unknown',
  dueAt,
  failure,
  absentLooks: 0,
  doubtfulLooks: 0,
  passingLooks: 0,
  unknownSince: now,
});

const becomeUnknown = (record: LedgerRecord, failure: FailureDetail, dueAt: number, now: number): Change => ({
  state: unknownState(failure, dueAt, now),
  unknownAttempts: (record.unknownAttempts ?? 0) + 1,
  firstUnknownAttemptAt: record.firstUnknownAttemptAt ?? record.attemptedAt ?? record.createdAt,
});

const heldState = (heldAt: number, failure: FailureDetail, mayBeDelivered: boolean, pausedBy?: string): State => ({
  status: 'held',
  heldAt,
  failure,
  mayBeDelivered,
  ...(pausedBy !== undefined && { pausedBy }),
});

/** An absence counts only together with the next one: a file that the target shows now and then is a doubt. */
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

/** Its retry budget begins again; what it has used up of its unknown attempts stays used up. */
const notThereChange = ({ failure }: UnknownOutcome, dueAt: number, now: number): Change => ({
  state: { status: 'waiting', dueAt, failure },
  ...resetRetryBudget(now),
});

const sentBy = ({ sent, content }: Pick<LedgerRecord, 'sent' | 'content'>) => ({
  ...(sent && { sent }),
  ...(content && { content }),
});

const seenBy = (event: EventOf<'found' | 'looked' | 'absent' | 'undecidable'>) => ({
  ...(event.look && { lastLook: event.look }),
  ...sentBy(event),
});

const resetRetryBudget = (now: number) => ({ attemptsSinceRelease: 0, releasedAt: now, throttledAttempts: undefined });

const backToWaiting = (failure: FailureDetail, dueAt: number, now: number): Change => ({
  state: { status: 'waiting', dueAt, failure },
  ...resetRetryBudget(now),
});

/**
 * What may have been delivered is looked up again, not sent again. Only states that hold a failure come here. The count of
 * unknown attempts stays: a pause that ends is not an operator who takes the risk of another copy.
 */
const releaseChange = (state: State, dueAt: number, now: number): Change => {
  if (state.status === 'unknown') return { state: { ...state, dueAt } };
  if (!('failure' in state)) throw new Error(`A file that is ${state.status} cannot be released.`);
  if (mayHaveArrived(state)) return { state: unknownState(state.failure, dueAt, now) };
  return backToWaiting(state.failure, dueAt, now);
};

/** The operator takes the risk of a second copy, with a reason. Only a running delivery is not disturbed. */
const resendChange = ({ state, resentAt }: LedgerRecord, { reason }: EventOf<'resend'>, now: number): Change => {
  const failure: FailureDetail =
    'failure' in state ? state.failure : { code: 'RESEND_ASKED', detail: 'An operator asked for it to be sent again.' };
  const mayHaveCopy = state.status === 'attached' || mayHaveArrived(state);
  return {
    ...backToWaiting(failure, now, now),
    unknownAttempts: 0,
    firstUnknownAttemptAt: undefined,
    lastLook: undefined,
    resentAt: mayHaveCopy ? now : resentAt,
    note: { action: 'resend', reason, at: now },
  };
};
