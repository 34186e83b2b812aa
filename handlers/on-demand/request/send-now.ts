import { deliver } from '../../../lib/delivery/deliver.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import type { Outcome } from '../../../lib/outcome.ts';
import { readBack } from '../../../lib/read-back/read-back.ts';
import type { ActionDeps } from '../action.ts';

/** Does at once what the schedule would do next with this record: a person waits for the answer. */
export const sendNow = async (record: LedgerRecord, deps: ActionDeps): Promise<Outcome> =>
  record.state.status === 'unknown'
    ? readBack(record, deps.deadline, deps)
    : deliver(record.upload, { deadline: deps.deadline, seen: record }, deps);
