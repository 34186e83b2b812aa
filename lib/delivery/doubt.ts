import type { Courier } from '../courier.ts';
import { restoredIn } from '../lane/lane.ts';
import type { EventOf } from '../ledger/ledger-event.ts';
import { outcomeOf } from '../ledger/outcome-from-record.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import { isInDoubt, type Restored } from '../ledger/restored.ts';
import type { Outcome } from '../outcome.ts';
import type { Target } from '../upload/target.ts';
import type { Upload } from '../upload/upload.ts';

/*
 * After a restore from a backup, the table shows files as not sent that were sent, because the claims since the backup
 * are lost. Such a file is recorded as unknown, and read-back decides.
 */

/** Whether and when the table was restored. */
export const restoreOf = async (
  { integrationId }: Pick<Target, 'integrationId'>,
  { lanes }: Pick<Courier, 'lanes'>,
): Promise<Restored | undefined> => restoredIn((await lanes.gate(integrationId)).account);

/** An upload without a known time counts as new, because most events report new uploads. */
export const mayBeInDoubt = ({ modifiedAt }: Upload, seen: LedgerRecord | undefined, restored: Restored): boolean =>
  (modifiedAt !== undefined && modifiedAt < restored.at) || (seen !== undefined && isInDoubt(seen, restored));

/**
 * Records that the upload may have been sent.
 * @returns undefined when its record rules that out
 * @throws only when the ledger could not be read or written
 */
export const doubt = async (
  doubted: EventOf<'doubted'>,
  seen: LedgerRecord | undefined,
  { ledger, lanes }: Pick<Courier, 'ledger' | 'lanes'>,
): Promise<Outcome | undefined> => {
  await lanes.touch(doubted.target.integrationId);
  const entry = await ledger.doubt(doubted, seen);
  return entry.written ? outcomeOf(entry.record) : undefined;
};
