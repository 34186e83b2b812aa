import { randomBytes } from 'node:crypto';
import type { Bucket, BucketIndex, Description, StoredVersion } from './bucket-index.ts';
import type { Context, Headers } from './call.ts';
import type { Content, Source } from './checksums.ts';
import { checkWrite, type Target } from './conditions.ts';
import { invalidArgument, S3Error } from './s3-error.ts';

/**
 * The requested version: the newest, or the one with the given id.
 * @throws {S3Error} NoSuchKey, NoSuchVersion; MethodNotAllowed for a delete marker
 */
export const findVersion = (index: BucketIndex, bucket: string, key: string, id: string | undefined): StoredVersion => {
  if (id !== undefined) checkVersionId(id);
  const found = id === undefined ? index.newest(bucket, key) : index.version(bucket, key, id);
  if (!found && id !== undefined) throw new S3Error('NoSuchVersion', { elements: { Key: key, VersionId: id } });
  if (!found) throw new S3Error('NoSuchKey', { elements: { Key: key } });
  if (found.file !== undefined) return found;
  const headers = { 'x-amz-delete-marker': 'true', 'x-amz-version-id': found.id };
  if (id === undefined) throw new S3Error('NoSuchKey', { headers, elements: { Key: key } });
  throw new S3Error('MethodNotAllowed', {
    headers: { ...headers, allow: 'DELETE', 'last-modified': new Date(found.modifiedMs).toUTCString() },
    elements: { Method: 'GET', ResourceType: 'DeleteMarker' },
  });
};

/** @throws {S3Error} InvalidArgument for an id in the wrong format */
export const checkVersionId = (id: string): void => {
  if (id === 'null' || /^[A-Za-z0-9_-]{32}$/.test(id)) return;
  throw invalidArgument('versionId', id, 'Invalid version id specified');
};

/** S3 omits the header for a bucket that never had versioning. */
export const versionHeader = ({ versioning }: Bucket, id: string): Headers =>
  versioning === null ? {} : { 'x-amz-version-id': id };

export const newVersionId = ({ versioning }: Bucket): string =>
  versioning === 'Enabled' ? randomBytes(24).toString('base64url') : 'null';

export interface NewObject {
  readonly source: Source;
  readonly description: Description;
  /** @see Amazon S3 User Guide, "Supported event types" */
  readonly event: 'Put' | 'Post' | 'Copy' | 'CompleteMultipartUpload';
  /**
   * Checks again, and returns the content when S3 reports something else than was computed. Runs in the transaction
   * that adds the object, so no other call can come in between.
   */
  readonly complete?: (content: Content) => Content;
}

export interface AddedObject {
  readonly bucket: Bucket;
  readonly version: StoredVersion;
}

/** Stores bytes as an object and reports it, unless a condition of the target is no longer met after the last byte. */
export const addObject = async (
  { store, onCreated }: Context,
  target: Target,
  { source, description, event, complete = (content) => content }: NewObject,
): Promise<AddedObject> => {
  const { key } = target;
  const { number, bucket, version } = await store.keep(source, ({ file, ...content }) => {
    const bucket = store.index.bucket(target.bucket);
    checkWrite(store.index, target);
    // As in S3: HTTP headers hold whole seconds only, and listings must match the headers.
    const modifiedMs = Math.floor(Date.now() / 1_000) * 1_000;
    const version = { ...description, ...complete(content), file, key, id: newVersionId(bucket), modifiedMs };
    return { number: store.index.addVersion(bucket.name, version), bucket, version };
  });
  onCreated({
    bucket: bucket.name,
    key,
    etag: version.etag,
    sizeBytes: version.sizeBytes,
    ...(bucket.versioning && { versionId: version.id }),
    eventName: `ObjectCreated:${event}`,
    eventTime: new Date().toISOString(),
    // Hexadecimal, and larger for every later event.
    sequencer: number.toString(16).toUpperCase().padStart(18, '0'),
  });
  return { bucket, version };
};
