import { quoted } from './answer.ts';
import type { Bucket, Description, StoredVersion } from './bucket-index.ts';
import type { Headers } from './call.ts';
import { invalidArgument, S3Error } from './s3-error.ts';
import { tagsOfHeader } from './tags.ts';
import type { AddedObject } from './versions.ts';

const kept = ['cache-control', 'content-disposition', 'content-language', 'expires'];

const storageClasses =
  /^(?:STANDARD|REDUCED_REDUNDANCY|STANDARD_IA|ONEZONE_IA|INTELLIGENT_TIERING|GLACIER|DEEP_ARCHIVE|GLACIER_IR)$/;

export const describe = (headers: Headers): Description => ({
  headers: sendable({ ...systemHeaders(headers), ...userMetadata(headers) }),
  storageClass: storageClassOf(headers),
  tags: tagsOfHeader(headers['x-amz-tagging']),
});

/** What a form or a link names as a header can have characters that no header has, and could then never be sent. */
export const sendable = (headers: Record<string, string>): Record<string, string> => {
  for (const [name, value] of Object.entries(headers)) {
    if (/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value)) continue;
    throw invalidArgument(name, value);
  }
  return headers;
};

export const storageClassOf = ({ 'x-amz-storage-class': named = 'STANDARD' }: Headers): string => {
  if (!storageClasses.test(named)) throw new S3Error('InvalidStorageClass');
  return named;
};

const systemHeaders = (headers: Headers): Record<string, string> => {
  const found: Record<string, string> = { 'content-type': headers['content-type'] || 'binary/octet-stream' };
  for (const name of kept) if (headers[name] !== undefined) found[name] = headers[name];
  // The encoding of the upload, not of the object.
  const encodings = (headers['content-encoding'] ?? '').split(',').map((one) => one.trim());
  const own = encodings.filter((one) => one !== '' && one !== 'aws-chunked');
  if (own.length > 0) found['content-encoding'] = own.join(',');
  return found;
};

/** @see Amazon S3 User Guide, "Working with object metadata": 2 KB of names and values */
const maxMetadataBytes = 2_048;

const userMetadata = (headers: Headers): Record<string, string> => {
  const prefix = 'x-amz-meta-';
  const found = Object.entries(headers).filter(([name]) => name.startsWith(prefix));
  const bytes = found.reduce((sum, [name, value = '']) => sum + name.length - prefix.length + value.length, 0);
  if (bytes > maxMetadataBytes) throw new S3Error('MetadataTooLarge');
  return Object.fromEntries(found.map(([name, value = '']) => [name, mailSafe(value)]));
};

/** S3 sends values that are not ASCII back as RFC 2047 has them. */
const mailSafe = (value: string): string =>
  /[\x80-\xff]/.test(value) ? `=?UTF-8?B?${Buffer.from(value, 'latin1').toString('base64')}?=` : value;

const encryption = { 'x-amz-server-side-encryption': 'AES256' };

/** Of an answer to GET and HEAD. */
export const objectHeaders = (bucket: Bucket, version: StoredVersion): Headers => ({
  ...version.headers,
  ...versionHeader(bucket, version.id),
  ...encryption,
  'accept-ranges': 'bytes',
  etag: quoted(version.etag),
  'last-modified': new Date(version.modifiedMs).toUTCString(),
  'x-amz-storage-class': version.storageClass === 'STANDARD' ? undefined : version.storageClass,
  'x-amz-tagging-count': version.tags.length > 0 ? String(version.tags.length) : undefined,
});

/** Of an answer to a write. S3 names the new version only where versions are on. */
export const writtenHeaders = ({ bucket, version }: AddedObject): Headers => ({
  ...encryption,
  etag: quoted(version.etag),
  'x-amz-version-id': bucket.versioning === 'Enabled' ? version.id : undefined,
});

/** A bucket that never had versions says nothing about them. */
export const versionHeader = ({ versioning }: Bucket, id: string): Headers =>
  versioning === null ? {} : { 'x-amz-version-id': id };
