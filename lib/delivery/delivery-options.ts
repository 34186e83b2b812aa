import type { Courier } from '../courier.ts';
import type { Deadline } from '../deadline.ts';
import type { ScanVerdict } from '../ledger/latest-verdict.ts';
import type { Ending } from '../ledger/ledger-event.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import type { StoredObject } from '../upload/storage.ts';

export type AttemptCourier = Pick<
  Courier,
  'settings' | 'storage' | 'kombo' | 'restrictions' | 'apiKey' | 'clock' | 'random'
>;

export type DeliverCourier = AttemptCourier & Pick<Courier, 'ledger' | 'lanes' | 'load' | 'uuid' | 'observe'>;

/** Called when the object is open and ready to be sent. Returns how the attempt ends instead, or undefined to send. */
export type BeforeSending = (object: Pick<StoredObject, 'sizeBytes' | 'identity'>) => Promise<Ending | undefined>;

export interface DeliverOptions {
  /** When the function ends. Every delivery that was started settles before that. */
  readonly deadline: Deadline;
  /**
   * The lane whose pause this delivery tests, or `*` for the account. The file is sent although that lane is paused,
   * unless an operator paused it.
   */
  readonly probes?: string;
  /** An operator asked for it, so it need not wait until it is due. */
  readonly early?: boolean;
  /**
   * The caller itself adapts to Kombo's limits, so the file is sent even if the integration's limit was reached a
   * moment ago.
   */
  readonly isPaced?: boolean;
  /** Part of a backfill: while it waits, new uploads go first. */
  readonly backfill?: boolean | undefined;
  /** The record as it was last read, so that the claim does not treat the upload as new. */
  readonly seen?: LedgerRecord;
  /** A clean verdict of the malware scan. It releases a file that only an earlier verdict holds. */
  readonly verdict?: ScanVerdict;
}
