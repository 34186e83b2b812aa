import type { FailureDetail } from '../failures/failures.ts';
import type { AttachmentType, Target } from '../upload/target.ts';
import type { Upload } from '../upload/upload.ts';

/** All times are milliseconds since the epoch. */
type Timestamp = number;

/** One owner sends it until its lease ends. After that it counts as `unknown`, never as free. */
export interface Sending {
  readonly status: 'sending';
  /** UUID of the owner. Every write of the owner is conditional on it. */
  readonly owner: string;
  readonly leaseUntil: Timestamp;
}

export interface Attached {
  readonly status: 'attached';
  readonly attachedAt: Timestamp;
  readonly warnings: readonly string[];
  /** How we know: Kombo reported success, its listing showed the file, or an operator confirmed it. */
  readonly evidence: 'answer' | 'read-back' | 'operator';
}

/** Known not to be delivered. */
export interface Retrying {
  readonly status: 'retrying';
  readonly dueAt: Timestamp;
  readonly failure: FailureDetail;
}

/** May have been delivered. */
export interface UnknownOutcome {
  readonly status: 'unknown';
  readonly dueAt: Timestamp;
  readonly failure: FailureDetail;
  /** Complete listings without the file so far, and when the first of them was read. */
  readonly absentListings: number;
  readonly firstAbsentAt?: Timestamp;
  /** When this uncertainty started; the retry budget of its readings runs from here. */
  readonly unknownSince?: Timestamp;
  /** Readings that gave no answer at all. */
  readonly failedReadings: number;
}

/** An operator must act. */
export interface Held {
  readonly status: 'held';
  readonly heldAt: Timestamp;
  readonly failure: FailureDetail;
  /** Set when a pause holds it: an integration id, or `account`. The end of the pause releases it. */
  readonly pausedBy?: string;
  /** True while it may have been delivered: then a retry reads the target before it sends. */
  readonly mayBeDelivered: boolean;
}

export interface Rejected {
  readonly status: 'rejected';
  readonly rejectedAt: Timestamp;
  readonly failure: FailureDetail;
}

/** The object was gone or replaced before it was read, so nothing was sent. */
export interface Superseded {
  readonly status: 'superseded';
  readonly supersededAt: Timestamp;
  readonly failure: FailureDetail;
}

export type State = Sending | Attached | Retrying | UnknownOutcome | Held | Rejected | Superseded;
export type Status = State['status'];

/** What was sent: a listing is compared with it. */
export interface Sent {
  readonly name: string;
  readonly type: AttachmentType;
  readonly contentType: string;
}

export interface EarlierCopy {
  /** The latest time at which it can have arrived. */
  readonly at: Timestamp;
  /** Absent when that is not certain. */
  readonly name?: string;
}

/** What the ledger knows of one upload. */
export interface LedgerRecord {
  readonly upload: Upload;
  readonly target?: Target;
  readonly attachmentType?: AttachmentType;
  readonly state: State;
  /** Claims so far, over its whole life. */
  readonly attempts: number;
  /** Claims since an operator or the end of a pause last released it, and when that was: its retry budget. */
  readonly attemptsSinceRelease: number;
  readonly releasedAt: Timestamp;
  /** Those of them that Kombo throttled, which is not a failure of this file. */
  readonly throttledAttempts?: number | undefined;
  /** Start of the latest claim. */
  readonly attemptedAt?: Timestamp;
  /** Start of the earliest attempt whose outcome was ever unknown: a listed file newer than this may be ours. */
  readonly firstUnknownAttemptAt?: Timestamp | undefined;
  /** Consecutive attempts whose outcome was unknown: each repeat of such an attempt risks a second copy. */
  readonly unknownAttempts?: number;
  /** Of the latest attempt, once it is known. */
  readonly sent?: Sent | undefined;
  /** Of an earlier attempt that may have been delivered; the same bytes may have had another name then. */
  readonly sentBefore?: Sent | undefined;
  /** Copies that may exist at the target from before an operator had it sent again. */
  readonly earlierCopies?: readonly EarlierCopy[];
  readonly createdAt: Timestamp;
  readonly updatedAt: Timestamp;
  /** The last decision of an operator, and its reason. */
  readonly note?: { readonly action: string; readonly reason: string; readonly at: Timestamp };
  /** Increases with every write; a write is conditional on the version that it has read. */
  readonly version: number;
  /** UUID of the write, by which a writer whose response got lost recognises its own write. */
  readonly writeId: string;
}

/** Whether the file may be at its target although no answer confirmed it. */
export const mayHaveArrived = (state: State): boolean =>
  state.status === 'unknown' || (state.status === 'held' && state.mayBeDelivered);
