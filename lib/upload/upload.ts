import { createHash } from 'node:crypto';

/** An object that was put into the bucket. Every trigger converts its event to this. */
export interface Upload {
  readonly bucket: string;
  /** The object key as its uploader typed it: decoded, unlike in events and manifests. */
  readonly key: string;
  /** ETag without quotes. A replaced object has a different one, so it pins the content. */
  readonly etag: string;
  /** As reported by the event. The object itself is checked before its bytes are read. */
  readonly sizeBytes?: number;
  readonly versionId?: string;
  /** S3's order of the events of one key, hexadecimal. */
  readonly sequencer?: string;
  /** When it was put, in milliseconds since the epoch: LastModified, or the event's time, in whole seconds. */
  readonly modifiedAt?: number;
}

/**
 * The identity of an upload, and its key in the ledger. The same bytes put twice under one key have the same ETag and
 * so the same identity: they are one CV.
 */
export const uploadId = ({ bucket, key, etag }: Upload): string => `${bucket}/${key}#${etag}`;

/**
 * An id that an uploader can compute from bucket, key and ETag, and that reveals none of them: the first 32 hex digits
 * of the SHA-256 of the identity, in UTF-8.
 */
export const publicUploadId = (upload: Upload): string =>
  createHash('sha256').update(uploadId(upload)).digest('hex').slice(0, 32);

/**
 * Splits an identity into its parts. Bucket names contain no slash and ETags no "#", so the first slash and the last
 * "#" are the separators.
 * @returns undefined for a text that is not an identity
 */
export const parseUploadId = (id: string): Pick<Upload, 'bucket' | 'key' | 'etag'> | undefined => {
  const slash = id.indexOf('/');
  const hash = id.lastIndexOf('#');
  if (slash < 1 || hash < slash) return undefined;
  return { bucket: id.slice(0, slash), key: id.slice(slash + 1, hash), etag: id.slice(hash + 1) };
};

/** S3 quotes ETags in its API but not in its events. */
export const bareEtag = (etag: string): string => etag.replaceAll('"', '');
