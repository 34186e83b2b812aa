import { encodeEventKey } from '../../lib/upload/object-key.ts';
import type { PutObject } from './loopback.ts';

interface EventChange {
  readonly bucket?: string;
  /** Can differ from the size of the object. */
  readonly size?: number;
  readonly sequencer?: string;
}

/** The event that S3 sends for a new object. Without an ETag the bucket is asked, as for some events of EventBridge. */
export const eventOf = (
  { key, etag, sizeBytes = 5, versionId }: Pick<PutObject, 'key'> & Partial<PutObject>,
  { bucket = 'cv-inbox', size = sizeBytes, sequencer }: EventChange = {},
) => ({
  Records: [
    {
      eventSource: 'aws:s3',
      eventName: 'ObjectCreated:Put',
      s3: { bucket: { name: bucket }, object: { key: encodeEventKey(key), size, eTag: etag, versionId, sequencer } },
    },
  ],
});
