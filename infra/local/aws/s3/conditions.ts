import type { Version } from './bucket-index.ts';
import type { S3Request } from './request.ts';
import { S3Error } from './s3-error.ts';

type Headers = S3Request['headers'];

const failed = (Condition: string): S3Error => new S3Error('PreconditionFailed', { elements: { Condition } });

const names = (header: string, etag: string): boolean =>
  header.split(',').some((one) => {
    const named = one
      .trim()
      .replace(/^W\//, '')
      .replace(/^"(.*)"$/, '$1');
    return named === '*' || named === etag;
  });

/**
 * @returns whether the answer is "not modified"
 * @throws {S3Error} PreconditionFailed
 */
export const checkRead = (headers: Headers, version: Version, prefix = ''): 'send' | 'not-modified' => {
  const { [`${prefix}if-match`]: match, [`${prefix}if-none-match`]: noneMatch } = headers;
  if (match !== undefined && !names(match, version.etag)) throw failed('If-Match');
  return noneMatch !== undefined && names(noneMatch, version.etag) ? 'not-modified' : 'send';
};

/** @throws {S3Error} PreconditionFailed; NoSuchKey when an object was to be replaced that does not exist */
export const checkWrite = (headers: Headers, key: string, current: Version | undefined): void => {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers;
  if (noneMatch !== undefined) {
    if (noneMatch.trim() !== '*') throw new S3Error('NotImplemented', { elements: { Header: 'If-None-Match' } });
    if (current) throw failed('If-None-Match');
  }
  if (match === undefined) return;
  if (!current) throw new S3Error('NoSuchKey', { elements: { Key: key } });
  if (!names(match, current.etag)) throw failed('If-Match');
};
