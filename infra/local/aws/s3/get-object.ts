import type { StoredVersion } from './bucket-index.ts';
import { parseRange } from './byte-range.ts';
import type { Call, Headers } from './call.ts';
import { checksumHeaders } from './checksums.ts';
import { checkRead } from './conditions.ts';
import { objectHeaders, sendable } from './object-headers.ts';
import { S3Error } from './s3-error.ts';
import { findVersion } from './versions.ts';

/** GET and HEAD of an object. */
export const getObject: Call = ({ store }, { bucket: name, key, method, headers, query }) => {
  const bucket = store.index.bucket(name);
  const version = findVersion(store.index, name, key, query.get('versionId'));
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
      // The checksum of the whole object does not apply to a range.
      ...(headers['x-amz-checksum-mode'] === 'ENABLED' && !range && checksumHeaders(version.checksum)),
    },
    ...(method === 'GET' && length > 0 && { body: store.read(version.file, { start, end }) }),
  };
};

/** @throws {S3Error} InvalidObjectState: an archived object is readable only after a restore, which is not simulated */
export const refuseArchived = ({ storageClass }: StoredVersion): void => {
  if (storageClass !== 'GLACIER' && storageClass !== 'DEEP_ARCHIVE') return;
  throw new S3Error('InvalidObjectState', { elements: { StorageClass: storageClass } });
};

/** @see Amazon S3 API Reference, GetObject: "Overriding response header values through the request" */
const overrides = (query: ReadonlyMap<string, string>): Headers =>
  sendable(
    Object.fromEntries(
      [...query]
        .filter(([name]) =>
          /^response-(cache-control|content-(disposition|encoding|language|type)|expires)$/.test(name),
        )
        // Headers contain the UTF-8 bytes of the query value.
        .map(([name, value]) => [name.replace('response-', ''), Buffer.from(value).toString('latin1')]),
    ),
  );
