import type { Courier } from '../courier.ts';
import { type Deadline, deadlineWithin } from '../deadline.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import { sourceStallMs } from '../limits.ts';
import { headersDigest } from '../upload/headers-digest.ts';
import { isSameSecond } from '../upload/is-newer.ts';
import type { Upload } from '../upload/upload.ts';

/**
 * Whether a listed object that may be newer than the rejected one is the one that was judged. A listing cannot tell
 * two uploads of one second apart, and most files are judged within seconds, so the object's headers decide: its bytes
 * are the same.
 */
export const isJudged = async (
  upload: Upload,
  { upload: judged, state }: LedgerRecord,
  deadline: Deadline,
  { storage, clock }: Pick<Courier, 'storage' | 'clock'>,
): Promise<boolean> => {
  if (state.status !== 'rejected' || !isSameSecond(upload, judged)) return false;
  // Without a read, the key, the size or an operator decided, which another upload does not change.
  if (state.headers === undefined) return state.failure.code !== 'OBJECT_GONE';
  const opening = deadlineWithin(clock, deadline, sourceStallMs);
  const opened = await storage.open(upload, opening.signal).finally(opening.clear);
  // It was deleted, or the next pass asks again, because the watermark stays an hour behind: no reason for an alarm.
  if (!opened.ok) return true;
  opened.value.close();
  return headersDigest(opened.value) === state.headers;
};
