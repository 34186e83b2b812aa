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

/** Asked once the object is open and fit to be sent: how the attempt ends instead, or undefined when it is sent. */
export type BeforeSending = (object: Pick<StoredObject, 'sizeBytes' | 'identity'>) => Promise<Ending | undefined>;

export interface DeliverOptions {
  /** When the function ends. Every delivery that was started settles before it. */
  readonly deadline: Deadline;
  /** The lane whose pause it tests, `*` for the account: it is sent although Kombo's answers have paused that lane. */
  readonly probes?: string;
  /** It need not wait until it is due: an operator asked for it. */
  readonly early?: boolean;
  /** The caller adapts to Kombo's limits itself, so the file is sent although its integration was full a moment ago. */
  readonly isPaced?: boolean;
  /** Named together with many others: while it waits, new uploads go first. */
  readonly backfill?: boolean | undefined;
  /** The record as a listing showed it: saves the claim from taking the upload for a new one. */
  readonly seen?: LedgerRecord;
  /** A clean verdict of the malware scan: what only an earlier one holds is sent. */
  readonly verdict?: ScanVerdict;
}
