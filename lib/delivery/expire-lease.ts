import type { Courier } from '../courier.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { LedgerRecord } from '../ledger/record.ts';

/** An upload whose lease ended without an outcome becomes unknown, never free to be sent: its function may have delivered it. */
export const expireLease = async (
  record: LedgerRecord,
  { ledger, lanes, clock, settings }: Pick<Courier, 'ledger' | 'lanes' | 'clock' | 'settings'>,
): ReturnType<Ledger['apply']> => {
  const { state, target } = record;
  // A duplicate event of a file that is being sent: a touch would make runs look at a lane that gets no file.
  if (state.status === 'sending' && state.leaseUntil > clock.now()) return 'conflict';
  if (target) await lanes.touch(target.integrationId);
  return ledger.apply(record, { kind: 'lease-expired', dueAt: clock.now() + settings.readBackAfterMs });
};
