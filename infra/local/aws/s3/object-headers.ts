import { quoted } from './answer.ts';
import type { Bucket, Description, StoredVersion } from './bucket-index.ts';
import type { Headers } from './call.ts';
import { invalidArgument, S3Error } from './s3-error.ts';
import { tagsOfHeader } from './tags.ts';
import { type AddedObject, versionHeader } from './versions.ts';

const kept = /^(cache-control|content-(disposition|encoding|language|type)|expires|x-amz-meta-.*)$/;
const storageClasses =
  /^(STANDARD|REDUCED_REDUNDANCY|STANDARD_IA|ONEZONE_IA|INTELLIGENT_TIERING|GLACIER|DEEP_ARCHIVE|GLACIER_IR)$/;

export const describe = (headers: Headers): Description => {
  const storageClass = headers['x-amz-storage-class'] ?? 'STANDARD';
  if (!storageClasses.test(storageClass)) throw new S3Error('InvalidStorageClass');
  const own = Object.entries(headers).flatMap(([name, value = '']) => {
    const stored = storedValue(name, value);
    return kept.test(name) && (stored !== '' || isMetadata(name)) ? [[name, stored]] : [];
  });
  return {
    headers: sendable({ 'content-type': 'binary/octet-stream', ...Object.fromEntries(own) }),
    storageClass,
    tags: tagsOfHeader(headers['x-amz-tagging']),
  };
};

const isMetadata = (name: string): boolean => name.startsWith('x-amz-meta-');

const storedValue = (name: string, value: string): string => {
  // aws-chunked is the encoding of the upload, not of the object.
  if (name === 'content-encoding') return value.replace(/(^|,) *aws-chunked *(?=,|$)/, '').replace(/^ *, */, '');
  // S3 returns non-ASCII metadata encoded as in RFC 2047.
  const isForeign = isMetadata(name) && /[\x80-\xff]/.test(value);
  return isForeign ? `=?UTF-8?B?${Buffer.from(value, 'latin1').toString('base64')}?=` : value;
};

/**
 * Forms and links can set header values with characters that HTTP does not allow; such an object could never be
 * returned.
 */
export const sendable = (headers: Record<string, string>): Record<string, string> => {
  for (const [name, value] of Object.entries(headers)) {
    if (/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value)) continue;
    throw invalidArgument(name, value);
  }
  return headers;
};

/** Headers of an answer to GET and HEAD. */
export const objectHeaders = (bucket: Bucket, version: StoredVersion): Headers => ({
  ...version.headers,
  ...versionHeader(bucket, version.id),
  'accept-ranges': 'bytes',
  etag: quoted(version.etag),
  'last-modified': new Date(version.modifiedMs).toUTCString(),
  'x-amz-storage-class': version.storageClass === 'STANDARD' ? undefined : version.storageClass,
  'x-amz-tagging-count': version.tags.length > 0 ? String(version.tags.length) : undefined,
});

/** Headers of an answer to a write. S3 returns the version id only when versioning is enabled. */
export const writtenHeaders = ({ bucket, version }: AddedObject): Headers => ({
  etag: quoted(version.etag),
  'x-amz-version-id': bucket.versioning === 'Enabled' ? version.id : undefined,
});
