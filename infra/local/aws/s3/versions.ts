import { randomBytes } from 'node:crypto';
import type { Bucket, Change, Description, Version } from './bucket-index.ts';
import type { Context } from './context.ts';
import type { Notification } from './notifications.ts';
import { notify } from './notifications.ts';
import { S3Error } from './s3-error.ts';

/** The newest version under a key, unless that is a delete marker. */
export const currentVersion = (bucket: Bucket, key: string): Version | undefined => {
  const newest = bucket.keys.get(key)?.at(-1);
  return newest?.file === undefined ? undefined : newest;
};

export type StoredVersion = Version & { readonly file: string };

const isStored = (version: Version): version is StoredVersion => version.file !== undefined;

/**
 * The version that a call asks for: the newest one, or the one it names.
 * @throws {S3Error} NoSuchKey, NoSuchVersion; MethodNotAllowed for a delete marker
 */
export const findVersion = (bucket: Bucket, key: string, versionId: string | undefined): StoredVersion => {
  const versions = bucket.keys.get(key) ?? [];
  if (versionId === undefined) {
    const newest = versions.at(-1);
    if (newest && isStored(newest)) return newest;
    const headers = newest ? { 'x-amz-delete-marker': 'true', 'x-amz-version-id': newest.id } : {};
    throw new S3Error('NoSuchKey', { headers, elements: { Key: key } });
  }
  checkVersionId(versionId);
  const found = versions.find(({ id }) => id === versionId);
  if (!found) throw new S3Error('NoSuchVersion', { elements: { Key: key, VersionId: versionId } });
  if (isStored(found)) return found;
  const headers = {
    allow: 'DELETE',
    'x-amz-delete-marker': 'true',
    'x-amz-version-id': found.id,
    'last-modified': new Date(found.modifiedMs).toUTCString(),
  };
  throw new S3Error('MethodNotAllowed', { headers, elements: { Method: 'GET', ResourceType: 'DeleteMarker' } });
};

/** @throws {S3Error} InvalidArgument for an id that no version can have */
export const checkVersionId = (id: string): void => {
  if (id === 'null' || /^[A-Za-z0-9_-]{32}$/.test(id)) return;
  const elements = { ArgumentName: 'versionId', ArgumentValue: id };
  throw new S3Error('InvalidArgument', { message: 'Invalid version id specified', elements });
};

/** The id of a new version, and the change that it replaces an older one with. */
export const replacing = (bucket: Bucket, key: string): { readonly id: string; readonly first: readonly Change[] } =>
  bucket.versioning === 'Enabled'
    ? { id: randomBytes(24).toString('base64url'), first: [] }
    : { id: 'null', first: [{ type: 'no-version', bucket: bucket.name, key, id: 'null' }] };

export interface NewVersion extends Pick<Version, 'sizeBytes' | 'etag' | 'checksum'> {
  readonly file: string;
  readonly description: Description;
  readonly event: Notification;
  /** What becomes true together with it. */
  readonly also?: readonly Change[];
  /** Throws when the version must not be written after all; nothing can come between this check and the change. */
  readonly check: (bucket: Bucket) => void;
}

/** Makes a file that is on the disk an object, and reports it. */
export const addVersion = async (
  { store, onCreated }: Context,
  bucketName: string,
  key: string,
  { description, event, also = [], check, ...content }: NewVersion,
): Promise<{ readonly bucket: Bucket; readonly version: StoredVersion }> => {
  let bucket: Bucket;
  try {
    bucket = store.bucket(bucketName);
    check(bucket);
  } catch (error) {
    store.discard(content.file);
    throw error;
  }
  const now = Date.now();
  const { id, first } = replacing(bucket, key);
  const version = { ...description, ...content, id, modifiedMs: Math.floor(now / 1_000) * 1_000 };
  await store.commit(...first, { type: 'version', bucket: bucketName, key, version }, ...also);
  onCreated(notify(event, bucket, key, version, now));
  return { bucket, version };
};
