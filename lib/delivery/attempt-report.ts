import { type FailureDetail, failureOf } from '../failures/failures.ts';
import type { Ending } from '../ledger/ledger-event.ts';
import type { Sent } from '../ledger/record.ts';

/** How one claim ended, with measurements. Fields are absent when the attempt ended before they were known. */
export interface AttemptReport {
  readonly ending: Ending;
  readonly sizeBytes?: number;
  /** From the first byte of the request to the response. */
  readonly komboMs?: number;
  /** The wait that Kombo asked for. */
  readonly retryAfterMs?: number;
}

export const failWith = (failure: FailureDetail, sent?: Sent): Extract<Ending, { kind: 'failed' }> => ({
  kind: 'failed',
  as: failureOf(failure.code).status,
  failure,
  ...(sent && { sent }),
});
