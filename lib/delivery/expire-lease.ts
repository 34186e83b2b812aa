import type { Courier } from '../courier.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { LedgerRecord } from '../ledger/record.ts';

/**
 * When a lease ends without an outcome, the upload becomes unknown and is not sent again yet: its function may have
 * delivered it.
 */
export const expireLease = async (
  record: LedgerRecord,
  { ledger, lanes, clock, settings }: Pick<Courier, 'ledger' | 'lanes' | 'clock' | 'settings'>,
): ReturnType<Ledger['apply']> => {
  const { state, target } = record;
  // The file is still being sent, and this is a duplicate event. Touching the lane would make runs read it for nothing.
  if (state.status === 'sending' && state.leaseUntil > clock.now()) return 'conflict';
  if (target) await lanes.touch(target.integrationId);
  return ledger.apply(record, { kind: 'lease-expired', dueAt: clock.now() + settings.readBackAfterMs });
};
