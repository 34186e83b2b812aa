import type { FailureDetail } from '../failures/failures.ts';
import type { FileContent } from '../upload/file-content.ts';
import type { AttachmentType, Target } from '../upload/target.ts';
import type { Upload } from '../upload/upload.ts';
import type { ScanVerdict } from './latest-verdict.ts';

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
  /** When its target is looked at next. */
  readonly dueAt: Timestamp;
  readonly failure: FailureDetail;
  /** Looks in a row that showed that it is not there, and those that left a doubt which time cannot remove. */
  readonly absentLooks: number;
  readonly doubtfulLooks: number;
  /** Looks that showed nothing, for a reason that may pass. */
  readonly passingLooks: number;
  /** When this uncertainty started: for a day what may pass does not count. */
  readonly unknownSince: Timestamp;
}

/** An operator must act. */
export interface Held {
  readonly status: 'held';
  readonly heldAt: Timestamp;
  readonly failure: FailureDetail;
  /** True while it may have been delivered: then a retry reads the target before it sends. */
  readonly mayBeDelivered: boolean;
  /** What holds it beside a verdict of the malware scan: a clean verdict does not release it from that. */
  readonly otherwise?: FailureDetail | undefined;
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

export type State = Sending | Attached | Waiting | UnknownOutcome | Held | Rejected | Superseded;
export type Status = State['status'];

/** What was sent. */
export interface Sent {
  readonly name: string;
  readonly type: AttachmentType;
  readonly contentType: string;
}

/** What the latest look at the target showed, in counts. Without names and links, which are personal and secret. */
export interface Look {
  readonly at: Timestamp;
  /** Files that the target lists. */
  readonly listed: number;
  /** Of these: other files by their bytes, and files whose bytes could not be compared. */
  readonly different: number;
  readonly notCompared: number;
  /** Why the first of them was not compared, or the target not read; a sentence. */
  readonly problem?: string | undefined;
}

/** What the ledger knows of one upload. */
export interface LedgerRecord {
  readonly upload: Upload;
  readonly target?: Target;
  readonly attachmentType?: AttachmentType;
  readonly state: State;
  /** Claims so far, over its whole life. */
  readonly attempts: number;
  /** Claims since it was last released: the wait for the next one grows with them. */
  readonly attemptsSinceRelease: number;
  /** Those of them that use up the retry budget, and when the first of them ended. */
  readonly countedAttempts?: number | undefined;
  readonly countedSince?: Timestamp | undefined;
  /** It was not sent immediately, so its uploader could delete the object before it was delivered. */
  readonly waited?: boolean | undefined;
  /** An operator or a manifest named it together with many others: it is sent after what is new. */
  readonly backfill?: boolean | undefined;
  /** Start of the latest claim. */
  readonly attemptedAt?: Timestamp;
  /** Start of the earliest attempt whose outcome was ever unknown: a file dated well before it is not ours. */
  readonly firstUnknownAttemptAt?: Timestamp | undefined;
  /** Attempts whose outcome was unknown: each repeat of such an attempt risks a second copy. */
  readonly unknownAttempts?: number;
  /** Of the latest attempt that sent something. */
  readonly sent?: Sent | undefined;
  /** The bytes of the file, from the first time on that a function opened the object. */
  readonly content?: FileContent | undefined;
  /** By which the uploader's own system recognises it; from the metadata of the object. */
  readonly correlationId?: string | undefined;
  /** Set once an operator had it sent again although a copy may exist: a copy at the target proves nothing any more. */
  readonly resentAt?: Timestamp | undefined;
  readonly lastLook?: Look | undefined;
  /** Of the malware scan. While it is open (see `openVerdict`), the file is not sent, whatever its state. */
  readonly verdict?: ScanVerdict | undefined;
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
