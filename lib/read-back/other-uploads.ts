import type { Ledger } from '../ledger/ledger.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import { maxOtherUploads } from '../limits.ts';
import type { Target } from '../upload/target.ts';
import { uploadId } from '../upload/upload.ts';
import type { KnownContents } from './compare-content.ts';

/** The bytes of the target's other uploads. They explain listed files that are not ours. */
export const otherUploads = async (
  record: LedgerRecord,
  target: Target,
  ledger: Ledger,
): Promise<KnownContents['others']> => {
  const ids: string[] = [];
  for await (const id of ledger.idsOfTarget(target)) {
    if (id !== uploadId(record.upload)) ids.push(id);
    if (ids.length === maxOtherUploads) break;
  }
  const entries = await ledger.readMany(ids);
  return [...entries.values()].flatMap((entry) => {
    if (!entry.readable) return [];
    const { content, sent, attachmentType } = entry.record;
    // The same id in another integration means another person.
    if (!content || entry.record.target?.integrationId !== target.integrationId) return [];
    return [{ content, type: sent?.type ?? attachmentType }];
  });
};
