import type { FailureStatus } from '../failures/failure.ts';
import { type FailureDetail, failureOf } from '../failures/failures.ts';
import { thereAtTheLatest } from '../read-back/there-at-the-latest.ts';
import type { AttachmentType, Target } from '../upload/target.ts';
import type { Upload } from '../upload/upload.ts';
import type { Held, LedgerRecord, Sent, State, Status } from './record.ts';

/** Everything that can happen to an upload, as the ledger sees it. */
export type LedgerEvent =
  /** Somebody wants to send it: an event, the schedule, a person. */
  | {
      readonly kind: 'claim';
      readonly upload: Upload;
      readonly target?: Target;
      readonly attachmentType?: AttachmentType;
      readonly owner: string;
      readonly leaseUntil: number;
      /** The malware scan found nothing, so what an earlier verdict held may go. */
      readonly scannedClean?: boolean;
    }
  /** The owner's word on how it went. `sent` is there once a name was put on the wire. */
  | { readonly kind: 'delivered'; readonly owner: string; readonly warnings: readonly string[]; readonly sent: Sent }
  | {
      readonly kind: 'failed';
      readonly owner: string;
      readonly as: FailureStatus;
      readonly failure: FailureDetail;
      /** For `retrying` and `unknown`. */
      readonly dueAt: number;
      readonly pausedBy?: string;
      readonly sent?: Sent;
    }
  | { readonly kind: 'lease-expired'; readonly dueAt: number }
  /** What reading the target showed. */
  | { readonly kind: 'found'; readonly sent?: Sent }
  | { readonly kind: 'missed'; readonly dueAt: number; readonly final: boolean }
  | { readonly kind: 'unreadable'; readonly dueAt: number; readonly failure: FailureDetail }
  /** Its integration is paused, so nobody is asked until the pause ends. */
  | { readonly kind: 'paused'; readonly scope: string; readonly failure: FailureDetail }
  | { readonly kind: 'undecidable'; readonly failure: FailureDetail }
  /** A malware scan spoke against a file that is held or in doubt for another reason: the end of that must not send it. */
  | { readonly kind: 'barred'; readonly failure: FailureDetail }
  /** The pause that held it has ended. */
  | { readonly kind: 'released'; readonly scope: string; readonly dueAt: number }
  /** A person steps in, with a reason. */
  | { readonly kind: 'retry'; readonly reason: string }
  | { readonly kind: 'resend'; readonly reason: string }
  | { readonly kind: 'resolve'; readonly reason: string };

export type LedgerEventKind = LedgerEvent['kind'];

/** A refused event changes nothing; the record tells why. */
export type Transition = { readonly next: LedgerRecord } | { readonly refused: true };

const refused: Transition = { refused: true };

/**
 * The one place that says what may become of an upload. Pure: the record it has seen, what happened, and the time.
 * The diagram in `docs/states.md` is drawn by calling it.
 */
export const transition = (
  record: LedgerRecord | undefined,
  event: LedgerEvent,
  now: number,
  writeId: string,
): Transition => {
  if (record === undefined) return event.kind === 'claim' ? { next: firstClaim(event, now, writeId) } : refused;
  const change = changeBy(record, event, now);
  if (change === undefined) return refused;
  return { next: { ...record, ...change, updatedAt: now, version: record.version + 1, writeId } };
};

type Change = Partial<Omit<LedgerRecord, 'version' | 'writeId' | 'updatedAt'>> & { readonly state: State };
type Of<K extends LedgerEventKind> = Extract<LedgerEvent, { kind: K }>;

const changeBy = (record: LedgerRecord, event: LedgerEvent, now: number): Change | undefined => {
  const { state } = record;
  switch (event.kind) {
    case 'claim':
      return claimable(record, event) ? claimed(record, event, now) : undefined;
    case 'delivered':
      return owns(state, event.owner) ? delivered(event, now) : undefined;
    case 'failed':
      return owns(state, event.owner) ? failed(record, event, now) : undefined;
    case 'lease-expired':
      return state.status === 'sending' && state.leaseUntil <= now
        ? unknown(record, { code: 'LEASE_EXPIRED', detail: 'The lease ended without an outcome.' }, event.dueAt, now)
        : undefined;
    case 'found':
      return undecided(state)
        ? { state: attached(now, [], 'read-back'), ...(event.sent && { sent: event.sent }) }
        : undefined;
    case 'missed':
      return state.status === 'unknown' ? missed(state, event, now) : undefined;
    case 'unreadable':
      return state.status === 'unknown'
        ? { state: { ...state, dueAt: event.dueAt, failure: event.failure, failedReadings: state.failedReadings + 1 } }
        : undefined;
    case 'paused':
      return state.status === 'unknown' ? { state: held(now, event.failure, true, event.scope) } : undefined;
    case 'undecidable':
      return state.status === 'unknown' ? { state: held(now, event.failure, true) } : undefined;
    case 'barred':
      if (state.status !== 'held' && state.status !== 'unknown') return undefined;
      return { state: held(now, event.failure, state.status === 'unknown' || state.mayBeDelivered) };
    case 'released':
      return state.status === 'held' && state.pausedBy === event.scope ? letGo(state, event.dueAt, now) : undefined;
    case 'retry':
      return retried(state, event, now);
    case 'resend':
      return resent(record, event, now);
    case 'resolve':
      return undecided(state)
        ? { state: attached(now, [], 'operator'), note: { action: 'resolve', reason: event.reason, at: now } }
        : undefined;
  }
};

const owns = (state: State, owner: string): boolean => state.status === 'sending' && state.owner === owner;

/**
 * `superseded` may be claimed: nothing was sent, and the same bytes may stand under the key again (uploaded, deleted,
 * uploaded). To refuse that event would lose the CV. So may `rejected`, by another version of the object: the same bytes
 * with other metadata have the same ETag. A duplicate of the old event names the old version and is refused.
 */
const claimable = ({ state, upload }: LedgerRecord, event: Of<'claim'>): boolean => {
  switch (state.status) {
    case 'retrying':
    case 'superseded':
      return true;
    case 'rejected':
      return event.upload.versionId !== undefined && event.upload.versionId !== upload.versionId;
    case 'held':
      return event.scannedClean === true && state.failure.code.startsWith('SCAN_') && !state.mayBeDelivered;
    case 'sending':
    case 'attached':
    case 'unknown':
      return false;
  }
};

const undecided = (state: State): boolean =>
  state.status === 'unknown' || (state.status === 'held' && state.mayBeDelivered);

const firstClaim = (event: Of<'claim'>, now: number, writeId: string): LedgerRecord => ({
  upload: event.upload,
  ...(event.target && { target: event.target }),
  ...(event.attachmentType && { attachmentType: event.attachmentType }),
  state: { status: 'sending', owner: event.owner, leaseUntil: event.leaseUntil },
  attempts: 1,
  tries: 1,
  triesSince: now,
  attemptedAt: now,
  createdAt: now,
  updatedAt: now,
  version: 1,
  writeId,
});

const claimed = (record: LedgerRecord, event: Of<'claim'>, now: number): Change => ({
  state: { status: 'sending', owner: event.owner, leaseUntil: event.leaseUntil },
  // Bucket, key and ETag are the same; the version and the size are those of the newest event.
  upload: { ...record.upload, ...event.upload },
  // A changed template may name another target now; what was sent before stays sent.
  ...(event.target && { target: event.target }),
  ...(event.attachmentType && { attachmentType: event.attachmentType }),
  // Its metadata may name it otherwise this time.
  sent: undefined,
  ...(record.suspectSince !== undefined && { sentBefore: record.sentBefore ?? record.sent }),
  attempts: record.attempts + 1,
  // What was not waiting for its turn may have been settled for weeks.
  ...(record.state.status === 'retrying' ? { tries: record.tries + 1 } : { ...afresh(now), tries: 1 }),
  attemptedAt: now,
});

const delivered = (event: Of<'delivered'>, now: number): Change => ({
  state: attached(now, event.warnings, 'answer'),
  sent: event.sent,
});

const attached = (
  attachedAt: number,
  warnings: readonly string[],
  evidence: 'answer' | 'read-back' | 'operator',
): State => ({ status: 'attached', attachedAt, warnings, evidence });

const failed = (record: LedgerRecord, event: Of<'failed'>, now: number): Change => {
  const { failure, dueAt } = event;
  const sent = event.sent ? { sent: event.sent } : {};
  switch (event.as) {
    case 'retrying':
      return {
        state: { status: 'retrying', dueAt, failure },
        ...(failureOf(failure.code).throttled !== 'no' && { loadRefusals: (record.loadRefusals ?? 0) + 1 }),
        ...sent,
      };
    case 'unknown':
      return { ...unknown(record, failure, dueAt, now), ...sent };
    case 'held':
      return { state: held(now, failure, false, event.pausedBy), ...sent };
    case 'rejected':
      return { state: { status: 'rejected', rejectedAt: now, failure }, ...sent };
    case 'superseded':
      return { state: { status: 'superseded', supersededAt: now, failure }, ...sent };
  }
};

const unknown = (record: LedgerRecord, failure: FailureDetail, dueAt: number, now: number): Change => ({
  state: { status: 'unknown', dueAt, failure, misses: 0, failedReadings: 0, unknownSince: now },
  unknowns: (record.unknowns ?? 0) + 1,
  suspectSince: record.suspectSince ?? record.attemptedAt ?? record.createdAt,
});

const held = (heldAt: number, failure: FailureDetail, mayBeDelivered: boolean, pausedBy?: string): State => ({
  status: 'held',
  heldAt,
  failure,
  mayBeDelivered,
  ...(pausedBy !== undefined && { pausedBy }),
});

const missed = (state: Extract<State, { status: 'unknown' }>, event: Of<'missed'>, now: number): Change => ({
  state: event.final
    ? { status: 'retrying', dueAt: event.dueAt, failure: state.failure }
    : { ...state, dueAt: event.dueAt, misses: state.misses + 1, firstMissAt: state.firstMissAt ?? now },
});

const again = (failure: FailureDetail, dueAt: number, now: number): Change => ({
  state: { status: 'retrying', dueAt, failure },
  ...afresh(now),
  unknowns: 0,
});

/** Patience begins anew. */
const afresh = (now: number) => ({ tries: 0, triesSince: now, loadRefusals: undefined });

/** What may have been delivered is looked at again, not sent again. */
const letGo = ({ mayBeDelivered, failure }: Held, dueAt: number, now: number): Change =>
  mayBeDelivered
    ? { state: { status: 'unknown', dueAt, failure, misses: 0, failedReadings: 0, unknownSince: now }, unknowns: 0 }
    : again(failure, dueAt, now);

const retried = (state: State, { reason }: Of<'retry'>, now: number): Change | undefined => {
  const note = { action: 'retry', reason, at: now };
  switch (state.status) {
    case 'unknown':
      return { state: { ...state, dueAt: now }, note };
    case 'held':
      return { ...letGo(state, now, now), note };
    case 'retrying':
    case 'rejected':
    case 'superseded':
      return { ...again(state.failure, now, now), note };
    case 'sending':
    case 'attached':
      return undefined;
  }
};

/** A person takes the risk of a double, with a reason. Only a running delivery is not disturbed. */
const resent = (
  { state, sent, sentBefore, earlierCopies = [] }: LedgerRecord,
  { reason }: Of<'resend'>,
  now: number,
): Change | undefined => {
  if (state.status === 'sending') return undefined;
  const failure: FailureDetail =
    state.status === 'attached'
      ? { code: 'RESEND_ASKED', detail: 'A person asked for it to be sent again.' }
      : state.failure;
  const thereAt = thereAtTheLatest(state);
  const name = sent && (sentBefore ?? sent).name === sent.name ? sent.name : undefined;
  return {
    ...again(failure, now, now),
    // Files listed so far are no evidence for the attempt that comes now, nor for any other upload.
    suspectSince: undefined,
    sentBefore: undefined,
    ...(thereAt !== undefined && {
      earlierCopies: [...earlierCopies, { at: thereAt, ...(name !== undefined && { name }) }],
    }),
    note: { action: 'resend', reason, at: now },
  };
};

/** For the diagram: the statuses there are. */
export const statuses: readonly Status[] = [
  'sending',
  'attached',
  'retrying',
  'unknown',
  'held',
  'rejected',
  'superseded',
];
