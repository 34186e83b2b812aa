import type { Upload } from '../upload/upload.ts';
import { unknownState } from './new-state.ts';
import type { LedgerRecord } from './record.ts';
import type { Restored } from './restored.ts';

/**
 * The ledger may have lost this upload's delivery in a restore, so its target is checked before it is sent. It does not
 * count as an attempt, because this ledger has sent nothing. A copy at the target may be as old as the upload.
 */
export const doubtedChange = (
  record: Pick<LedgerRecord, 'unknownAttempts' | 'firstUnknownAttemptAt'>,
  { modifiedAt }: Upload,
  { since, at }: Restored,
  now: number,
) => {
  const [from, to] = [since, at].map((time) => new Date(time).toISOString());
  const detail = `The ledger was restored to its state of ${from}; everything written between then and ${to} is lost.`;
  return {
    state: unknownState({ code: 'RESTORED_DOUBT', detail }, now, now),
    waited: true,
    unknownAttempts: record.unknownAttempts ?? 0,
    firstUnknownAttemptAt: Math.min(record.firstUnknownAttemptAt ?? now, modifiedAt ?? now, since),
  };
};
