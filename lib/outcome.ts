import type { EventFailureCode } from './failures/event-failures.ts';
import type { FailureDetail } from './failures/failures.ts';
import type { Target } from './upload/target.ts';
import type { Upload } from './upload/upload.ts';

interface About {
  readonly upload: Upload;
  /** Absent when the key names no target. */
  readonly target?: Target;
  /** How often it was claimed for sending, including this time. */
  readonly attempt: number;
  /** An operator had it sent again, so the target may already have a copy. */
  readonly resent?: true;
}

/** Every possible outcome of an upload. The stored ones are the statuses of the ledger. */
export type Outcome =
  | (About & {
      readonly status: 'attached';
      readonly attachedAt: Date;
      readonly warnings: readonly string[];
      /**
       * When it arrived. Absent if an operator decided when it was sent, because the delay is then not the system's.
       */
      readonly arrivedAt?: Date;
      /** The malware scan did not find it clean: an operator must act. */
      readonly failure?: FailureDetail;
    })
  | (About & {
      readonly status: 'already-attached';
      readonly attachedAt: Date;
      /** As above; set only by the invocation that wrote it. */
      readonly failure?: FailureDetail;
      /** As above, but written and reported earlier. No operator has acknowledged it yet. */
      readonly openFailure?: FailureDetail;
    })
  | (About & { readonly status: 'waiting'; readonly failure: FailureDetail; readonly dueAt: Date })
  | (About & { readonly status: 'unknown'; readonly failure: FailureDetail; readonly dueAt: Date })
  | (About & { readonly status: 'held'; readonly failure: FailureDetail })
  | (About & { readonly status: 'rejected'; readonly failure: FailureDetail })
  | (About & { readonly status: 'superseded'; readonly failure: FailureDetail })
  /**
   * The ledger has a record that this event does not change: another invocation is sending it, or it waits, or it is
   * settled.
   */
  | (About & {
      readonly status: 'unchanged';
      readonly as: 'sending' | 'waiting' | 'unknown' | 'held' | 'rejected' | 'superseded';
      readonly failure?: FailureDetail;
      readonly dueAt?: Date;
    })
  /** Nothing to deliver: a folder marker, a test event, a deletion. Never in the ledger. */
  | { readonly status: 'ignored'; readonly reason: string }
  /** A record of an event that names no upload, and that a retry would not fix. Never in the ledger. */
  | { readonly status: 'refused'; readonly code: EventFailureCode; readonly detail: string };

/** Measurements of a delivery, in milliseconds and bytes. Absent when the delivery ended before that step. */
export interface Measures {
  readonly totalMs: number;
  readonly komboMs?: number;
  readonly sizeBytes?: number;
}

export type Observe = (outcome: Outcome, measures: Measures) => void;

export type OutcomeStatus = Outcome['status'];
