import type { EventFailureCode } from '../../lib/failures/event-failures.ts';
import type { ReportedVerdict } from '../../lib/ledger/latest-verdict.ts';
import type { Upload } from '../../lib/upload/upload.ts';

/** The settings that decide what an event means here; both come from the configuration. */
export interface UploadEventOptions {
  /** `BUCKET`: the only bucket whose objects are delivered. */
  readonly bucket: string;
  /** `REQUIRE_SCAN`: an upload waits for its clean verdict. */
  readonly requireScan: boolean;
}

/** What one record of an event asks for. */
export type UploadRequest =
  /** Deliver it. */
  | { readonly kind: 'upload'; readonly upload: Upload }
  /** The malware scan has reported about it. */
  | { readonly kind: 'scanned'; readonly upload: Upload; readonly verdict: ReportedVerdict }
  /**
   * An upload whose event carries no ETag, so it has no identity yet: the bucket is asked for it first, then it is
   * handled as above. A verdict applies to the version that it names, and to no later one.
   */
  | { readonly kind: 'unidentified'; readonly object: Omit<Upload, 'etag'>; readonly verdict?: ReportedVerdict }
  /** Nothing to deliver and nothing wrong. */
  | { readonly kind: 'ignored'; readonly reason: string }
  | RefusedEvent;

/** The record cannot be acted on; log it with its next step. */
export interface RefusedEvent {
  readonly kind: 'refused';
  readonly code: EventFailureCode;
  /** One sentence for the operator. Holds no key and no file name; may hold names of buckets. */
  readonly detail: string;
  readonly nextStep: string;
  /**
   * The record may name a CV that nothing else reports: fail its SQS message, or the whole invocation, so that the
   * failure queue keeps it. When false, it is logged and dropped: a repeat fixes nothing and nothing is lost.
   */
  readonly redeliver: boolean;
}

export interface Entry {
  /** The SQS message that carried the request. One message may carry several items. */
  readonly messageId?: string;
  readonly request: UploadRequest;
}

/** What the function was invoked with, outermost layer. Only `sqs` expects a partial batch response. */
export type Envelope = 's3' | 'sns' | 'sqs' | 'eventbridge' | 'failure-record' | 'unrecognised';

export interface ParsedEvent {
  readonly envelope: Envelope;
  /** Never empty: every event gets an answer. In the order of the event. */
  readonly entries: readonly Entry[];
}

export const ignore = (reason: string): UploadRequest => ({ kind: 'ignored', reason });
