import type { Sibling } from './evidence.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { LedgerRecord } from './ledger/record.ts';
import type { Target } from './target.ts';
import { uploadId } from './upload.ts';

/**
 * Other uploads of the same target: each listed file may vouch for one of them only.
 * @param askedAt when the listing was asked for, in milliseconds
 */
export const siblingsOf = async (
  record: LedgerRecord,
  target: Target,
  askedAt: number,
  ledger: Ledger,
): Promise<Sibling[]> => {
  const ids: string[] = [];
  for await (const { id } of ledger.ofTarget(target)) if (id !== uploadId(record.upload)) ids.push(id);
  const siblings: Sibling[] = [];
  // The index names them, and may be behind in what it says of them.
  for (const known of (await ledger.readMany(ids)).values()) {
    if (!known.readable) continue;
    const { state, sent, attemptedAt, suspectSince, attachmentType } = known.record;
    const mayBeThere =
      state.status === 'attached' ||
      state.status === 'sending' ||
      state.status === 'unknown' ||
      (state.status === 'held' && state.mayBeDelivered);
    if (!mayBeThere || attemptedAt === undefined) continue;
    siblings.push({
      ...(sent && { name: sent.name }),
      type: sent?.type ?? attachmentType ?? 'CV',
      attemptedAt: suspectSince ?? attemptedAt,
      // One that was attached while the listing was made may be in it or not.
      ...(state.status === 'attached' && state.attachedAt < askedAt && { attachedAt: state.attachedAt }),
      ...((state.status === 'sending' || (state.status === 'attached' && state.attachedAt >= askedAt)) && {
        underWay: true,
      }),
    });
  }
  return siblings;
};
