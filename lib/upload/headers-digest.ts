import { createHash } from 'node:crypto';
import type { StoredObject } from './storage.ts';

/**
 * A digest of the headers that decide, besides the bytes, whether a file may be sent. It tells apart two uploads of the
 * same bytes within one second, for which S3 lists the same key, ETag and date. Pure.
 */
export const headersDigest = ({
  contentType,
  contentEncoding,
  metadata,
}: Pick<StoredObject, 'contentType' | 'contentEncoding' | 'metadata'>): string =>
  createHash('sha256')
    .update(JSON.stringify([contentType, contentEncoding, Object.entries(metadata).sort()]))
    .digest('base64url')
    .slice(0, 16);
