import type { LedgerRecord } from '../../../../lib/ledger/record.ts';
import { uploadId } from '../../../../lib/upload/upload.ts';
import type { RequestRecord } from '../../kombo/store/request-log.ts';
import type { Progress } from './view.ts';

/** The JSON around the file: names, types and remote fields. */
const maxEnvelopeBytes = 8_192;

const base64Length = (sizeBytes: number): number => 4 * Math.ceil(sizeBytes / 3);

const carries = (post: RequestRecord, { upload, target, attemptedAt = 0 }: LedgerRecord): boolean => {
  if (!target || post.atMs < attemptedAt || !post.path.includes(`/${target.kind}s/${target.id}/`)) return false;
  const { sizeBytes } = upload;
  if (sizeBytes === undefined || post.contentLengthBytes === null) return true;
  const envelopeBytes = post.contentLengthBytes - base64Length(sizeBytes);
  return envelopeBytes >= 0 && envelopeBytes <= maxEnvelopeBytes;
};

/**
 * How far Kombo has received the files that are being sent, by upload id, in bytes of the file.
 * Kombo does not know our records and the ledger does not know Kombo's calls, so they are paired by target, time and
 * size; two files of the same size for the same target cannot be told apart, and need not be.
 */
export const sendingProgress = (
  sending: readonly LedgerRecord[],
  posts: readonly RequestRecord[],
): ReadonlyMap<string, Progress> => {
  const free = new Set(posts);
  const progress = new Map<string, Progress>();
  for (const record of sending) {
    const post = posts.find((each) => free.has(each) && carries(each, record));
    if (!post) continue;
    free.delete(post);
    const bodyBytes = post.contentLengthBytes ?? 0;
    const totalBytes = record.upload.sizeBytes ?? bodyBytes;
    const share = bodyBytes === 0 ? 0 : Math.min(1, post.receivedBytes / bodyBytes);
    progress.set(uploadId(record.upload), { doneBytes: Math.floor(share * totalBytes), totalBytes });
  }
  return progress;
};
