import type { EventFailureCode } from './failures/event-failures.ts';
import type { FailureDetail } from './failures/failures.ts';
import type { Target } from './upload/target.ts';
import type { Upload } from './upload/upload.ts';

interface About {
  readonly upload: Upload;
  /** Absent when the key names no target. */
  readonly target?: Target;
  /** How often it was claimed for sending, this time included. */
  readonly attempt: number;
  /** An operator had it sent again, so a copy of it may be at the target already. */
  readonly resent?: true;
}

/** Every possible outcome of an upload. Those that are stored are the statuses of the ledger. */
export type Outcome =
  | (About & {
      readonly status: 'attached';
      readonly attachedAt: Date;
      readonly warnings: readonly string[];
      /** When it came; absent where an operator decided when it is sent: the time until then says nothing about the system. */
      readonly arrivedAt?: Date;
      /** The malware scan did not find it clean: an operator must act. */
      readonly failure?: FailureDetail;
    })
  | (About & {
      readonly status: 'already-attached';
      readonly attachedAt: Date;
      /** The same; only from the invocation that wrote it down. */
      readonly failure?: FailureDetail;
      /** The same, written down before and told then; nobody has acknowledged it yet. */
      readonly openFailure?: FailureDetail;
    })
  | (About & { readonly status: 'waiting'; readonly failure: FailureDetail; readonly dueAt: Date })
  | (About & { readonly status: 'unknown'; readonly failure: FailureDetail; readonly dueAt: Date })
  | (About & { readonly status: 'held'; readonly failure: FailureDetail })
  | (About & { readonly status: 'rejected'; readonly failure: FailureDetail })
  | (About & { readonly status: 'superseded'; readonly failure: FailureDetail })
  /** The ledger knows it and this event changes nothing: another invocation sends it, or it waits, or it is settled. */
  | (About & {
      readonly status: 'unchanged';
      readonly as: 'sending' | 'waiting' | 'unknown' | 'held' | 'rejected' | 'superseded';
      readonly failure?: FailureDetail;
      readonly dueAt?: Date;
    })
  /** Nothing to deliver: a folder marker, a test event, a deletion. Never in the ledger. */
  | { readonly status: 'ignored'; readonly reason: string }
  /** A record of an event that names no upload, and whose repeat fixes nothing. Never in the ledger. */
  | { readonly status: 'refused'; readonly code: EventFailureCode; readonly detail: string };

/** Measured together with the outcome, in milliseconds and bytes. Absent when the delivery ended before that step. */
export interface Measures {
  readonly totalMs: number;
  readonly komboMs?: number;
  readonly sizeBytes?: number;
}

export type Observe = (outcome: Outcome, measures: Measures) => void;

export type OutcomeStatus = Outcome['status'];
