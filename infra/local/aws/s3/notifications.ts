import type { CreatedObject } from '../events/s3-notification.ts';
import type { Bucket, Version } from './bucket-index.ts';

/** @see Amazon S3 User Guide, "Supported event types" */
export type Notification = 'Put' | 'Post' | 'Copy' | 'CompleteMultipartUpload';

let lastSequencer = 0n;

/** Hexadecimal, and larger for every later event, also after a restart: nothing comes in faster than 2^20 per ms. */
const nextSequencer = (nowMs: number): string => {
  const byTime = BigInt(nowMs) << 20n;
  lastSequencer = byTime > lastSequencer ? byTime : lastSequencer + 1n;
  return lastSequencer.toString(16).toUpperCase().padStart(18, '0');
};

export const notify = (
  event: Notification,
  bucket: Bucket,
  key: string,
  version: Version,
  nowMs: number,
): CreatedObject => ({
  bucket: bucket.name,
  key,
  etag: version.etag,
  sizeBytes: version.sizeBytes,
  ...(bucket.versioning && { versionId: version.id }),
  eventName: `ObjectCreated:${event}`,
  eventTime: new Date(nowMs).toISOString(),
  sequencer: nextSequencer(nowMs),
});
