import type { Answer } from './answer.ts';
import { parseRange } from './byte-range.ts';
import { checksumHeaders } from './checksums.ts';
import { checkRead } from './conditions.ts';
import type { Context } from './context.ts';
import { objectHeaders, sendable } from './object-headers.ts';
import type { S3Request } from './request.ts';
import { S3Error } from './s3-error.ts';
import { findVersion, type StoredVersion } from './versions.ts';

/** GET and HEAD of an object. */
export const getObject = async (context: Context, request: S3Request): Promise<Answer> => {
  const { headers, query, key, method } = request;
  const bucket = context.store.bucket(request.bucket);
  const version = findVersion(bucket, key, query.get('versionId'));
  const about = objectHeaders(bucket, version);
  if (checkRead(headers, version) === 'not-modified') {
    const { etag, 'last-modified': modified, 'x-amz-version-id': id } = about;
    return { status: 304, headers: { etag, 'last-modified': modified, 'x-amz-version-id': id } };
  }
  if (method === 'GET') refuseArchived(version);
  const range = parseRange(headers.range, version.sizeBytes);
  const { start, end } = range ?? { start: 0, end: version.sizeBytes - 1 };
  const length = end - start + 1;
  return {
    status: range ? 206 : 200,
    headers: {
      ...about,
      ...overrides(query),
      'content-length': String(length),
      ...(range && { 'content-range': `bytes ${start}-${end}/${version.sizeBytes}` }),
      // A checksum of the whole says nothing about a range of it.
      ...(headers['x-amz-checksum-mode'] === 'ENABLED' && !range && checksumHeaders(version.checksum)),
    },
    ...(method === 'GET' && length > 0 && { body: context.store.read(version.file, { start, end }) }),
  };
};

/** @throws {S3Error} InvalidObjectState: an archived object is readable only after a restore, which is not simulated */
export const refuseArchived = (version: StoredVersion): void => {
  if (!isArchived(version)) return;
  const { storageClass } = version;
  throw new S3Error('InvalidObjectState', { elements: { StorageClass: storageClass } });
};

const isArchived = ({ storageClass }: StoredVersion): boolean =>
  storageClass === 'GLACIER' || storageClass === 'DEEP_ARCHIVE';

/** @see Amazon S3 API Reference, GetObject: "Overriding response header values through the request" */
const overrides = (query: ReadonlyMap<string, string>): Record<string, string> =>
  sendable(
    Object.fromEntries(
      [
        'cache-control',
        'content-disposition',
        'content-encoding',
        'content-language',
        'content-type',
        'expires',
      ].flatMap((name) => {
        const value = query.get(`response-${name}`);
        // A header's bytes are UTF-8 here as they are in the query.
        return value === undefined ? [] : [[name, Buffer.from(value).toString('latin1')]];
      }),
    ),
  );
