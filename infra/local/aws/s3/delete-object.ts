import type { Answer } from './answer.ts';
import { xmlAnswer } from './answer.ts';
import type { Bucket } from './bucket-index.ts';
import { checkWrite } from './conditions.ts';
import type { Context } from './context.ts';
import { receiveDocument } from './receive-document.ts';
import type { S3Request } from './request.ts';
import { S3Error } from './s3-error.ts';
import { checkVersionId, currentVersion, replacing } from './versions.ts';
import { repeated, textOf } from './xml.ts';

interface Deletion {
  readonly versionId?: string;
  /** A delete marker was made, or was what has been deleted. */
  readonly marker?: boolean;
}

/** One version for good, or a delete marker on top of all of them. */
const remove = async ({ store }: Context, bucket: Bucket, key: string, versionId?: string): Promise<Deletion> => {
  if (versionId !== undefined) {
    const found = bucket.keys.get(key)?.find(({ id }) => id === versionId);
    if (!found) return { versionId };
    await store.commit({ type: 'no-version', bucket: bucket.name, key, id: versionId });
    return { versionId, ...(found.file === undefined && { marker: true }) };
  }
  const { id, first } = replacing(bucket, key);
  if (!bucket.versioning) {
    if (bucket.keys.get(key)) await store.commit(...first);
    return {};
  }
  const marker = {
    id,
    headers: {},
    storageClass: 'STANDARD',
    tags: [],
    sizeBytes: 0,
    etag: '',
    modifiedMs: Date.now(),
  };
  await store.commit(...first, { type: 'version', bucket: bucket.name, key, version: marker });
  return { versionId: id, marker: true };
};

export const deleteObject = async (context: Context, request: S3Request): Promise<Answer> => {
  const bucket = context.store.bucket(request.bucket);
  checkWrite(request.headers, request.key, currentVersion(bucket, request.key));
  const named = request.query.get('versionId');
  if (named !== undefined) checkVersionId(named);
  const { versionId, marker } = await remove(context, bucket, request.key, named);
  return {
    status: 204,
    headers: { 'x-amz-version-id': versionId, 'x-amz-delete-marker': marker ? 'true' : undefined },
  };
};

/** @see Amazon S3 API Reference, DeleteObjects */
const maxKeysAtOnce = 1_000;

export const deleteObjects = async (context: Context, request: S3Request): Promise<Answer> => {
  const bucket = context.store.bucket(request.bucket);
  const { Object: objects, Quiet } = await receiveDocument(context, request, 'Delete', { digestRequired: true });
  const wanted = repeated(objects).map(({ Key, VersionId }) => ({ key: textOf(Key), versionId: textOf(VersionId) }));
  if (wanted.length === 0 || wanted.length > maxKeysAtOnce) throw new S3Error('MalformedXML');
  const deleted: Record<string, string | boolean | undefined>[] = [];
  for (const { key, versionId } of wanted) {
    if (key === undefined || key === '') throw new S3Error('MalformedXML');
    const done = await remove(context, bucket, key, versionId);
    deleted.push({
      Key: key,
      VersionId: versionId,
      DeleteMarker: done.marker,
      DeleteMarkerVersionId: done.marker ? done.versionId : undefined,
    });
  }
  return xmlAnswer('DeleteResult', Quiet === 'true' ? {} : { Deleted: deleted });
};
