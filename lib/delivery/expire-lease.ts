import type { Courier } from '../courier.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { LedgerRecord } from '../ledger/record.ts';

/** An upload whose lease ended without an outcome becomes unknown, never free to be sent: its function may have delivered it. */
export const expireLease = async (
  record: LedgerRecord,
  { ledger, lanes, clock, settings }: Pick<Courier, 'ledger' | 'lanes' | 'clock' | 'settings'>,
): ReturnType<Ledger['apply']> => {
  if (record.target) await lanes.touch(record.target.integrationId);
  return ledger.apply(record, { kind: 'lease-expired', dueAt: clock.now() + settings.readBackAfterMs });
};
