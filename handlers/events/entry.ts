import type { EventFailureCode } from '../../lib/failures/event-failures.ts';
import type { ReportedVerdict } from '../../lib/ledger/latest-verdict.ts';
import type { Upload } from '../../lib/upload/upload.ts';

/** The settings that decide how an event is handled. */
export interface UploadEventOptions {
  /** `BUCKET`: the only bucket whose objects are delivered. */
  readonly bucket: string;
  /** `REQUIRE_SCAN`: an upload is delivered only after a clean scan verdict. */
  readonly requireScan: boolean;
}

/** What one record of an event asks for. */
export type UploadRequest =
  | { readonly kind: 'upload'; readonly upload: Upload }
  | { readonly kind: 'scanned'; readonly upload: Upload; readonly verdict: ReportedVerdict }
  /**
   * The event has no ETag, which is part of an upload's identity, so the bucket is asked for it first. A verdict
   * applies only to the version that it names.
   */
  | { readonly kind: 'unidentified'; readonly object: Omit<Upload, 'etag'>; readonly verdict?: ReportedVerdict }
  /** Nothing to deliver, and not an error. */
  | { readonly kind: 'ignored'; readonly reason: string }
  | RefusedEvent;

/** The record cannot be acted on; log it with its next step. */
export interface RefusedEvent {
  readonly kind: 'refused';
  readonly code: EventFailureCode;
  /** One sentence for the operator, without keys or file names. It may contain bucket names. */
  readonly detail: string;
  readonly nextStep: string;
  /**
   * True when the record may be the only report of a CV: fail its SQS message, or the whole invocation, so that the
   * failure queue keeps it. When false, the record is only logged: a retry would not help, and no CV is lost.
   */
  readonly redeliver: boolean;
}

export interface Entry {
  /** The SQS message that carried the request. One message may carry several requests. */
  readonly messageId?: string;
  readonly request: UploadRequest;
}

/** The outermost wrapper of the event. Only `sqs` expects a partial batch response. */
export type Envelope = 's3' | 'sns' | 'sqs' | 'eventbridge' | 'failure-record' | 'unrecognised';

export interface ParsedEvent {
  readonly envelope: Envelope;
  /** In the order of the event. Never empty, so that every event gets an answer. */
  readonly entries: readonly Entry[];
}

export const ignore = (reason: string): UploadRequest => ({ kind: 'ignored', reason });
