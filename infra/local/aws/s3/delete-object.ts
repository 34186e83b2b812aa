import * as v from 'valibot';
import { xmlAnswer } from './answer.ts';
import type { Bucket, BucketIndex } from './bucket-index.ts';
import type { Call } from './call.ts';
import { checkWrite } from './conditions.ts';
import { receiveDocument } from './receive-body.ts';
import { checkVersionId, newVersionId } from './versions.ts';
import { repeated } from './xml.ts';

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

const deleteDocument = v.object({
  Delete: v.object({
    Object: v.pipe(
      repeated(v.object({ Key: v.pipe(v.string(), v.nonEmpty()), VersionId: v.optional(v.string()) })),
      v.minLength(1),
      v.maxLength(1_000),
    ),
    Quiet: v.optional(v.string()),
  }),
});

export const deleteObjects: Call = async ({ store }, request) => {
  const bucket = store.index.bucket(request.bucket);
  const { Delete: wanted } = await receiveDocument(request, deleteDocument, { digestRequired: true });
  const deleted = store.change((index) =>
    wanted.Object.map(({ Key, VersionId }) => {
      const { marker, versionId } = remove(index, bucket, Key, VersionId);
      return { Key, VersionId, DeleteMarker: marker, DeleteMarkerVersionId: marker ? versionId : undefined };
    }),
  );
  return xmlAnswer('DeleteResult', wanted.Quiet === 'true' ? {} : { Deleted: deleted });
};
