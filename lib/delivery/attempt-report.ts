import { type FailureDetail, failureOf } from '../failures/failures.ts';
import type { Ending } from '../ledger/ledger-event.ts';
import type { Sent } from '../ledger/record.ts';

/** How one claim ended, and what was measured on the way. Absent is what it did not come to. */
export interface AttemptReport {
  readonly ending: Ending;
  readonly sizeBytes?: number;
  /** From the first byte of the request to the answer. */
  readonly komboMs?: number;
  /** The wait that the other side asked for. */
  readonly retryAfterMs?: number;
}

/** The failure table says what becomes of the file. */
export const failWith = (failure: FailureDetail, sent?: Sent): Extract<Ending, { kind: 'failed' }> => ({
  kind: 'failed',
  as: failureOf(failure.code).status,
  failure,
  ...(sent && { sent }),
});
