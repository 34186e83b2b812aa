import { createHash } from 'node:crypto';

/** An object that was put into a bucket: every trigger reduces its event to this. */
export interface Upload {
  readonly bucket: string;
  /** The object key as its uploader typed it: decoded, never as an event or a manifest carries it. */
  readonly key: string;
  /** Entity tag without its quotes. A replaced object has another one, so it pins the content. */
  readonly etag: string;
  /** As the event reported it; the object itself is asked again before a byte is read. */
  readonly sizeBytes?: number;
  readonly versionId?: string;
  /** S3's own order of the events of one key, hexadecimal. */
  readonly sequencer?: string;
  /** When it was put, in milliseconds since the epoch: LastModified, or the time of its event in whole seconds. */
  readonly modifiedAt?: number;
}

/**
 * The identity of an upload, and its key in the ledger.
 * The same bytes put twice under one key have one ETag and so one identity: they are one CV.
 */
export const uploadId = ({ bucket, key, etag }: Upload): string => `${bucket}/${key}#${etag}`;

/**
 * What an uploader, who knows bucket, key and ETag, can compute, and nobody else can read: the first 32 hex digits of the
 * SHA-256 of the identity, in UTF-8.
 */
export const publicUploadId = (upload: Upload): string =>
  createHash('sha256').update(uploadId(upload)).digest('hex').slice(0, 32);

/**
 * The parts of an identity. Bucket names hold no slash and ETags no "#", so the first slash and the last "#" separate them.
 * @returns undefined for a text that is not an identity.
 */
export const parseUploadId = (id: string): Pick<Upload, 'bucket' | 'key' | 'etag'> | undefined => {
  const slash = id.indexOf('/');
  const hash = id.lastIndexOf('#');
  if (slash < 1 || hash < slash) return undefined;
  return { bucket: id.slice(0, slash), key: id.slice(slash + 1, hash), etag: id.slice(hash + 1) };
};

/** S3 quotes entity tags in its API and leaves them bare in its events. */
export const bareEtag = (etag: string): string => etag.replaceAll('"', '');
