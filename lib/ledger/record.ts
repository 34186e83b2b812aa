import type { FailureDetail } from '../failures/failures.ts';
import type { AttachmentType, Target } from '../upload/target.ts';
import type { Upload } from '../upload/upload.ts';

/** All times are milliseconds since the epoch. */
type Moment = number;

/** One owner sends it until its lease ends. After that it counts as `unknown`, never as free. */
export interface Sending {
  readonly status: 'sending';
  /** UUID of the owner. Every write of the owner is conditional on it. */
  readonly owner: string;
  readonly leaseUntil: Moment;
}

export interface Attached {
  readonly status: 'attached';
  readonly attachedAt: Moment;
  readonly warnings: readonly string[];
  /** How we know: Kombo said so, its listing showed the file, or a person looked. */
  readonly evidence: 'answer' | 'read-back' | 'operator';
}

/** Known not to be delivered. */
export interface Retrying {
  readonly status: 'retrying';
  readonly dueAt: Moment;
  readonly failure: FailureDetail;
}

/** May have been delivered. */
export interface Unknown {
  readonly status: 'unknown';
  readonly dueAt: Moment;
  readonly failure: FailureDetail;
  /** Complete listings without the file so far, and when the first of them was read. */
  readonly misses: number;
  readonly firstMissAt?: Moment;
  /** When this uncertainty began; the patience for its readings runs from here. */
  readonly unknownSince?: Moment;
  /** Readings that gave no answer at all. */
  readonly failedReadings: number;
}

/** A person must act. */
export interface Held {
  readonly status: 'held';
  readonly heldAt: Moment;
  readonly failure: FailureDetail;
  /** Set when a pause holds it: an integration id, or `account`. The end of the pause releases it. */
  readonly pausedBy?: string;
  /** True while it may have been delivered: then a retry reads the target before it sends. */
  readonly mayBeDelivered: boolean;
}

export interface Rejected {
  readonly status: 'rejected';
  readonly rejectedAt: Moment;
  readonly failure: FailureDetail;
}

/** The object was gone or replaced before it was read, so nothing was sent. */
export interface Superseded {
  readonly status: 'superseded';
  readonly supersededAt: Moment;
  readonly failure: FailureDetail;
}

export type State = Sending | Attached | Retrying | Unknown | Held | Rejected | Superseded;
export type Status = State['status'];

/** What was put on the wire: what a listing is compared with. */
export interface Sent {
  readonly name: string;
  readonly type: AttachmentType;
  readonly contentType: string;
}

export interface EarlierCopy {
  /** When it was there at the latest. */
  readonly at: Moment;
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
  /** Claims since it was last released by a person or by the end of a pause, and when that began. */
  readonly tries: number;
  readonly triesSince: Moment;
  /** Those of them that were refused for load, which is no failure of this file. */
  readonly loadRefusals?: number | undefined;
  /** Start of the latest claim. */
  readonly attemptedAt?: Moment;
  /** Start of the earliest attempt whose outcome was ever unknown: a listed file newer than this may be ours. */
  readonly suspectSince?: Moment | undefined;
  /** Attempts in a row whose outcome was unknown: each repeat of such a one risks a double. */
  readonly unknowns?: number;
  /** Of the latest attempt, once it is known. */
  readonly sent?: Sent | undefined;
  /** Of an earlier attempt that may have been delivered; the same bytes may have had another name then. */
  readonly sentBefore?: Sent | undefined;
  /** Copies that may stand at the target from before a person had it sent again. */
  readonly earlierCopies?: readonly EarlierCopy[];
  readonly createdAt: Moment;
  readonly updatedAt: Moment;
  /** Who stepped in last, and why. */
  readonly note?: { readonly action: string; readonly reason: string; readonly at: Moment };
  /** Counts up with every write; a write is conditional on the one it has seen. */
  readonly version: number;
  /** UUID of the write, by which a writer whose answer got lost knows its own work again. */
  readonly writeId: string;
}
