import { deliver } from '../../../lib/delivery/deliver.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import type { Outcome } from '../../../lib/outcome.ts';
import { readBack } from '../../../lib/read-back/read-back.ts';
import type { ActionCourier } from '../action.ts';

/** Does immediately what the schedule would do next with this record: the operator waits for the answer. */
export const sendNow = async (record: LedgerRecord, courier: ActionCourier): Promise<Outcome> =>
  record.state.status === 'unknown'
    ? readBack(record, courier.deadline, courier)
    : deliver(record.upload, { deadline: courier.deadline, seen: record }, courier);
