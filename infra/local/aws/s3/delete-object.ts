import { xmlAnswer } from './answer.ts';
import type { Bucket, BucketIndex } from './bucket-index.ts';
import type { Call } from './call.ts';
import { checkWrite } from './conditions.ts';
import { receiveDocument } from './receive-body.ts';
import { S3Error } from './s3-error.ts';
import { checkVersionId, newVersionId } from './versions.ts';
import { repeated, textOf } from './xml.ts';

interface Deletion {
  readonly versionId?: string;
  /** A delete marker was made, or was what has been deleted. */
  readonly marker?: boolean;
}

/** One version for good, or a delete marker on top of all of them. */
const remove = (index: BucketIndex, bucket: Bucket, key: string, versionId?: string): Deletion => {
  if (versionId !== undefined) {
    const found = index.version(bucket.name, key, versionId);
    index.deleteVersion(bucket.name, key, versionId);
    return { versionId, ...(found && found.file === undefined && { marker: true }) };
  }
  if (bucket.versioning === null) {
    index.deleteVersion(bucket.name, key, 'null');
    return {};
  }
  const id = newVersionId(bucket);
  index.addVersion(bucket.name, { key, id, modifiedMs: Date.now() });
  return { versionId: id, marker: true };
};

export const deleteObject: Call = ({ store }, request) => {
  const bucket = store.index.bucket(request.bucket);
  checkWrite(store.index, request);
  const named = request.query.get('versionId');
  if (named !== undefined) checkVersionId(named);
  const { versionId, marker } = store.change((index) => remove(index, bucket, request.key, named));
  return {
    status: 204,
    headers: { 'x-amz-version-id': versionId, 'x-amz-delete-marker': marker ? 'true' : undefined },
  };
};

/** @see Amazon S3 API Reference, DeleteObjects */
const maxKeysOfBatch = 1_000;

export const deleteObjects: Call = async ({ store }, request) => {
  const bucket = store.index.bucket(request.bucket);
  const { Object: objects, Quiet } = await receiveDocument(request, 'Delete', { digestRequired: true });
  const wanted = repeated(objects).map(({ Key, VersionId }) => ({ key: textOf(Key), versionId: textOf(VersionId) }));
  if (wanted.length === 0 || wanted.length > maxKeysOfBatch) throw new S3Error('MalformedXML');
  const deleted = store.change((index) =>
    wanted.map(({ key, versionId }) => {
      if (key === undefined || key === '') throw new S3Error('MalformedXML');
      const done = remove(index, bucket, key, versionId);
      return {
        Key: key,
        VersionId: versionId,
        DeleteMarker: done.marker,
        DeleteMarkerVersionId: done.marker ? done.versionId : undefined,
      };
    }),
  );
  return xmlAnswer('DeleteResult', Quiet === 'true' ? {} : { Deleted: deleted });
};
