import { deliver } from '../../../lib/delivery/deliver.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import type { Outcome } from '../../../lib/outcome.ts';
import { readBack } from '../../../lib/read-back/read-back.ts';
import type { ActionCourier } from '../action.ts';

/** What happened to a released file. `released`: a pause, a full lane or another invocation prevented the attempt. */
export type Done = 'tried' | 'looked' | 'released';

/** Does immediately what the schedule would do next with this record: the operator waits for the answer. */
export const sendNow = async (
  record: LedgerRecord,
  courier: ActionCourier,
): Promise<{ readonly outcome: Outcome; readonly done: Done }> => {
  if (record.state.status === 'unknown') {
    const outcome = await readBack(record, courier.deadline, courier);
    const hasLooked = outcome.status !== 'unchanged' && courier.settings.onUnknown !== 'resend';
    return { outcome, done: hasLooked ? 'looked' : 'released' };
  }
  const outcome = await deliver(record.upload, { deadline: courier.deadline, seen: record }, courier);
  // Each claim counts as an attempt. A file that another invocation has claimed is unchanged.
  const hasTried = 'attempt' in outcome && outcome.status !== 'unchanged' && outcome.attempt > record.attempts;
  return { outcome, done: hasTried ? 'tried' : 'released' };
};
