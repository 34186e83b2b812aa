import type { Courier } from '../courier.ts';
import { type Deadline, deadlineWithin } from '../deadline.ts';
import { sourceStallMs } from '../limits.ts';
import { type ChecksumAlgorithm, startDigest } from '../stream/checksum.ts';
import { SourceError } from '../stream/source-error.ts';
import { stopWhenStalled } from '../stream/stall-timeout.ts';
import { verify } from '../stream/verify.ts';
import type { Upload } from '../upload/upload.ts';

/**
 * Computes a checksum that S3 does not store, by reading the whole object in constant memory.
 * @throws {SourceError} when it cannot be read
 */
export const digestObject = async (
  upload: Upload,
  algorithm: ChecksumAlgorithm,
  deadline: Deadline,
  { storage, clock }: Pick<Courier, 'storage' | 'clock'>,
): Promise<string> => {
  const opening = deadlineWithin(clock, deadline, sourceStallMs);
  const opened = await storage.open(upload, opening.signal).finally(opening.clear);
  // Whatever the reason, an object that was replaced included: the file waits, and its next claim sees what is there.
  if (!opened.ok) throw new SourceError('STORAGE_UNAVAILABLE', opened.error.detail);
  const object = opened.value;
  try {
    const digest = startDigest(algorithm);
    const bytes = stopWhenStalled(object.chunks, sourceStallMs, deadline, clock);
    for await (const chunk of verify(bytes, object.sizeBytes, object.checksum)) digest.update(chunk);
    return digest.value();
  } finally {
    object.close();
  }
};
