import type { FailureDetail } from '../failures/failures.ts';
import type { FileContent } from '../upload/file-content.ts';
import type { AttachmentType, Target } from '../upload/target.ts';
import type { Upload } from '../upload/upload.ts';
import type { ScanVerdict } from './latest-verdict.ts';

/** All times are milliseconds since the epoch. */
type Timestamp = number;

/** One owner sends it until its lease ends. After that it becomes `unknown`; it is never sent again without a check. */
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
  /**
   * How we know: Kombo reported success, its listing showed the file, an operator confirmed it, or an earlier upload of the
   * key with the same bytes is attached.
   */
  readonly evidence: 'answer' | 'read-back' | 'operator' | 'same-bytes';
}

/** Known not to be delivered. */
export interface Waiting {
  readonly status: 'waiting';
  readonly dueAt: Timestamp;
  readonly failure: FailureDetail;
}

/** May have been delivered. */
export interface UnknownOutcome {
  readonly status: 'unknown';
  /** When its target is checked next. */
  readonly dueAt: Timestamp;
  readonly failure: FailureDetail;
  /** Consecutive looks that did not find it, and looks that left a permanent doubt. */
  readonly absentLooks: number;
  readonly doubtfulLooks: number;
  /** Looks that failed for a reason that may be temporary. */
  readonly passingLooks: number;
  /** When the outcome became unknown. Temporary reasons do not count for a day from then. */
  readonly unknownSince: Timestamp;
}

/** An operator must act. */
export interface Held {
  readonly status: 'held';
  readonly heldAt: Timestamp;
  readonly failure: FailureDetail;
  /** True while it may have been delivered: a retry checks the target before it sends. */
  readonly mayBeDelivered: boolean;
  /** A second reason that holds it besides a scan verdict. A clean verdict does not remove this reason. */
  readonly otherwise?: FailureDetail | undefined;
}

export interface Rejected {
  readonly status: 'rejected';
  readonly rejectedAt: Timestamp;
  readonly failure: FailureDetail;
  /** Digest of the headers of the object that was judged. Absent if it was judged without being opened. */
  readonly headers?: string | undefined;
}

/** The object was gone or replaced before it was read, so nothing was sent. */
export interface Superseded {
  readonly status: 'superseded';
  readonly supersededAt: Timestamp;
  readonly failure: FailureDetail;
}

export type State = Sending | Attached | Waiting | UnknownOutcome | Held | Rejected | Superseded;
export type Status = State['status'];

export interface Sent {
  readonly name: string;
  readonly type: AttachmentType;
  readonly contentType: string;
}

/**
 * What the latest check of the target showed, as counts. Names and links are left out, because they are personal and
 * secret.
 */
export interface Look {
  readonly at: Timestamp;
  /** The number of files that the target lists. */
  readonly listed: number;
  /** How many of them have different bytes, and how many could not be compared. */
  readonly different: number;
  readonly notCompared: number;
  /** A sentence: why the first of them was not compared, or the target could not be read. */
  readonly problem?: string | undefined;
}

/** The ledger's record of one upload. */
export interface LedgerRecord {
  readonly upload: Upload;
  readonly target?: Target;
  readonly attachmentType?: AttachmentType;
  readonly state: State;
  /** All claims so far. */
  readonly attempts: number;
  /** Claims since it was last released. The wait until the next one grows with them. */
  readonly attemptsSinceRelease: number;
  /** How many of these use up the retry budget, and when the first of them ended. */
  readonly countedAttempts?: number | undefined;
  readonly countedSince?: Timestamp | undefined;
  /** It was not sent immediately, so the uploader could have deleted the object before delivery. */
  readonly waited?: boolean | undefined;
  /** It is part of a backfill, so it is sent after new files. */
  readonly backfill?: boolean | undefined;
  /** Start of the latest claim. */
  readonly attemptedAt?: Timestamp;
  /** Start of the earliest attempt with an unknown outcome. A file dated well before that is not ours. */
  readonly firstUnknownAttemptAt?: Timestamp | undefined;
  /** Attempts with an unknown outcome. Each repeat after one risks a second copy. */
  readonly unknownAttempts?: number;
  /** From the latest attempt that sent something. */
  readonly sent?: Sent | undefined;
  /** Length and checksum of the file, once a function has opened the object. */
  readonly content?: FileContent | undefined;
  /** The uploader's own id for the file, from the object's metadata. */
  readonly correlationId?: string | undefined;
  /**
   * Set when an operator had it sent again although a copy may exist. From then on a copy at the target proves nothing.
   */
  readonly resentAt?: Timestamp | undefined;
  readonly lastLook?: Look | undefined;
  /** The verdict of the malware scan. While it is open (see `openVerdict`), the file is not sent in any state. */
  readonly verdict?: ScanVerdict | undefined;
  readonly createdAt: Timestamp;
  readonly updatedAt: Timestamp;
  /** The operator's last decision, and its reason. */
  readonly note?: { readonly action: string; readonly reason: string; readonly at: Timestamp };
  /** Increases with every write. Writes are conditional on the version that was read. */
  readonly version: number;
  /** UUID of the write. A writer whose response was lost recognises its own write by it. */
  readonly writeId: string;
}

/** Whether the file may be at its target although no response confirmed it. */
export const mayHaveArrived = (state: State): boolean =>
  state.status === 'unknown' || (state.status === 'held' && state.mayBeDelivered);
