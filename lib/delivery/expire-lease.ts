import type { Courier } from '../courier.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { LedgerRecord } from '../ledger/record.ts';

/** An upload whose lease ended without an outcome becomes unknown, never free to be sent: its function may have delivered it. */
export const expireLease = (
  record: LedgerRecord,
  { ledger, clock, settings }: Pick<Courier, 'ledger' | 'clock' | 'settings'>,
): ReturnType<Ledger['apply']> =>
  ledger.apply(record, { kind: 'lease-expired', dueAt: clock.now() + settings.readBackAfterMs });
