import type { Courier } from '../courier.ts';
import type { Deadline } from '../deadline.ts';
import type { FailureDetail } from '../failures/failures.ts';
import type { LedgerRecord } from '../ledger/record.ts';

export type AttemptCourier = Pick<
  Courier,
  'settings' | 'storage' | 'kombo' | 'restrictions' | 'apiKey' | 'clock' | 'random'
>;

export interface AttemptOptions {
  /** The caller adapts its concurrency to throttling, so throttled answers are returned instead of being repeated here. */
  readonly paced?: boolean | undefined;
}

export type DeliverCourier = AttemptCourier & Pick<Courier, 'ledger' | 'lanes' | 'pauses' | 'uuid' | 'observe'>;

export interface DeliverOptions extends AttemptOptions {
  /** When the function ends. Every delivery that was started settles before it. */
  readonly deadline: Deadline;
  /** The scope of a pause that this delivery tests, and so ignores. */
  readonly probe?: string;
  /** The record as a listing showed it: saves the claim from taking the upload for a new one. */
  readonly seen?: LedgerRecord;
  /** The malware scan found nothing: what an earlier verdict held may be sent. */
  readonly scannedClean?: boolean;
  /** Settles without sending: the malware scan blocks the file. */
  readonly holdAs?: FailureDetail;
}
