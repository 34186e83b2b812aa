import type { LedgerRecord } from '../../../../lib/ledger/record.ts';
import { uploadId } from '../../../../lib/upload/upload.ts';
import type { RequestRecord } from '../../kombo/store/request-log.ts';
import type { Progress } from './view.ts';

/** The size of the JSON around the file: names, types and remote fields. */
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
 * The number of bytes that Kombo has received of each file being sent, by upload id. Kombo does not know the ledger's
 * records, and the ledger does not know Kombo's calls, so they are matched by target, time and size. Two files of the
 * same size for the same target cannot be told apart, which does no harm.
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
