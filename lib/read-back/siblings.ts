import { nameToken } from '../attachment/prepare.ts';
import type { Ledger, LedgerEntry } from '../ledger/ledger.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import type { Target } from '../upload/target.ts';
import { parseUploadId, uploadId } from '../upload/upload.ts';
import { thereAtTheLatest } from './there-at-the-latest.ts';
import type { Sibling } from './verdict.ts';

/**
 * Other uploads of the same target: each listed file may prove one delivery only.
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
  // The index names them, and may be behind in what it says of them.
  const known = await ledger.readMany(ids);
  return [...copiesBefore(record), ...[...known.values()].flatMap((one) => siblingFrom(one, askedAt))];
};

const siblingFrom = (known: LedgerEntry, askedAt: number): Sibling[] => {
  // Whatever it says, it may have brought a file.
  if (!known.readable) return [{ attemptedAt: 0, token: nameToken({ etag: parseUploadId(known.id)?.etag ?? '' }) }];
  const { state, sent, sentBefore, attemptedAt, firstUnknownAttemptAt, attachmentType, upload } = known.record;
  const earlier = copiesBefore(known.record);
  const mayBeThere =
    state.status === 'attached' ||
    state.status === 'sending' ||
    state.status === 'unknown' ||
    (state.status === 'held' && state.mayBeDelivered);
  if (!mayBeThere || attemptedAt === undefined) return earlier;
  const type = sent?.type ?? attachmentType;
  const settledNow = state.status === 'attached' && state.attachedAt >= askedAt;
  const thereBy = state.status === 'attached' ? undefined : thereAtTheLatest(state);
  const sibling: Sibling = {
    // Of two names it went out under one.
    ...(sent && (sentBefore === undefined || sentBefore.name === sent.name) && { name: sent.name }),
    ...(type && { type }),
    token: nameToken(upload),
    attemptedAt: firstUnknownAttemptAt ?? attemptedAt,
    // One that was attached while the listing was made may be in it or not.
    ...(state.status === 'attached' && !settledNow && { attachedAt: state.attachedAt }),
    ...(thereBy !== undefined && { thereBy }),
    ...((state.status === 'sending' || settledNow) && { inProgress: true }),
  };
  return [...earlier, sibling];
};

/** From before a person had it sent again. Never certain: "it was deleted there" is a reason to send again. */
const copiesBefore = ({ earlierCopies = [], attachmentType, upload }: LedgerRecord): Sibling[] =>
  earlierCopies.map(({ at, name }) => ({
    ...(name !== undefined && { name }),
    ...(attachmentType && { type: attachmentType }),
    token: nameToken(upload),
    attemptedAt: 0,
    thereBy: at,
  }));
