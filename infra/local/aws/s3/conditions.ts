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

/** Headers have whole seconds. A date that cannot be read is ignored, as HTTP asks. */
const isModifiedSince = (date: string, { modifiedMs }: Version): boolean | undefined => {
  const since = Date.parse(date);
  return Number.isNaN(since) ? undefined : Math.floor(modifiedMs / 1_000) * 1_000 > since;
};

/**
 * An ETag is asked first; a date counts only where no ETag was named.
 * @returns whether the answer is "not modified"
 * @throws {S3Error} PreconditionFailed
 * @see RFC 9110, "Precedence of preconditions"
 */
export const checkRead = (headers: Headers, version: Version, prefix = ''): 'send' | 'not-modified' => {
  const [match, unmodifiedSince, noneMatch, modifiedSince] = [
    'if-match',
    'if-unmodified-since',
    'if-none-match',
    'if-modified-since',
  ].map((name) => headers[prefix + name]);
  if (match !== undefined) {
    if (!names(match, version.etag)) throw failed('If-Match');
  } else if (unmodifiedSince !== undefined && isModifiedSince(unmodifiedSince, version) === true) {
    throw failed('If-Unmodified-Since');
  }
  if (noneMatch !== undefined) return names(noneMatch, version.etag) ? 'not-modified' : 'send';
  if (modifiedSince !== undefined && isModifiedSince(modifiedSince, version) === false) return 'not-modified';
  return 'send';
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
