import type { BucketIndex, StoredVersion } from './bucket-index.ts';
import type { Headers, S3Request } from './call.ts';
import { S3Error } from './s3-error.ts';

const failed = (Condition: string): S3Error => new S3Error('PreconditionFailed', { elements: { Condition } });

const names = (header: string, etag: string): boolean =>
  header.split(',').some((one) => ['*', etag, `"${etag}"`, `W/"${etag}"`].includes(one.trim()));

/**
 * @returns true when the answer is "not modified"
 * @throws {S3Error} PreconditionFailed
 */
export const checkRead = (headers: Headers, { etag }: StoredVersion, prefix = ''): 'send' | 'not-modified' => {
  const { [`${prefix}if-match`]: match, [`${prefix}if-none-match`]: noneMatch } = headers;
  if (match !== undefined && !names(match, etag)) throw failed('If-Match');
  return noneMatch !== undefined && names(noneMatch, etag) ? 'not-modified' : 'send';
};

/** The target of a write or a delete. */
export type Target = Pick<S3Request, 'bucket' | 'key' | 'headers'>;

/** @throws {S3Error} PreconditionFailed, or NoSuchKey when the object to replace does not exist */
export const checkWrite = (index: BucketIndex, { bucket, key, headers }: Target): void => {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers;
  const newest = index.newest(bucket, key);
  // A delete marker is not an object, so a write does not replace it.
  const current = newest?.file === undefined ? undefined : newest;
  if (noneMatch !== undefined) {
    if (noneMatch.trim() !== '*') throw new S3Error('NotImplemented', { elements: { Header: 'If-None-Match' } });
    if (current) throw failed('If-None-Match');
  }
  if (match === undefined) return;
  if (!current) throw new S3Error('NoSuchKey', { elements: { Key: key } });
  if (!names(match, current.etag)) throw failed('If-Match');
};
