import type { Courier } from '../courier.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { LedgerRecord } from '../ledger/record.ts';

/** A lease that has ended without an outcome makes the upload unknown, whichever invocation notices it first: never free to be sent. */
export const expireLease = (
  record: LedgerRecord,
  { ledger, clock, settings }: Pick<Courier, 'ledger' | 'clock' | 'settings'>,
): ReturnType<Ledger['apply']> =>
  ledger.apply(record, { kind: 'lease-expired', dueAt: clock.now() + settings.readBackAfterMs });
