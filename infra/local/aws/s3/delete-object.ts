import * as v from 'valibot';
import { xmlAnswer } from './answer.ts';
import type { Bucket, BucketIndex } from './bucket-index.ts';
import type { Call } from './call.ts';
import { checkWrite } from './conditions.ts';
import { receiveDocument } from './receive-body.ts';
import { checkedKey } from './request.ts';
import { S3Error } from './s3-error.ts';
import { checkVersionId, newVersionId } from './versions.ts';
import { repeated } from './xml.ts';

interface Deletion {
  readonly versionId?: string;
  /** A delete marker was created or deleted. */
  readonly marker?: boolean;
}

/** Deletes one version for good, or puts a delete marker on top of all versions. */
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

const optionalText = v.optional(v.string());
const listedObject = v.object({ Key: v.pipe(v.string(), v.nonEmpty()), VersionId: optionalText, ETag: optionalText });
type Listed = v.InferOutput<typeof listedObject>;

const deleteDocument = v.object({
  Delete: v.object({
    Object: v.pipe(repeated(listedObject), v.minLength(1), v.maxLength(1_000)),
    Quiet: v.optional(v.string()),
  }),
});

export const deleteObjects: Call = async ({ store }, request) => {
  const bucket = store.index.bucket(request.bucket);
  const { Delete: wanted } = await receiveDocument(request, deleteDocument, { digestRequired: true });
  const results = store.change((index) => wanted.Object.map((one) => removeListed(index, bucket, one)));
  const deleted = wanted.Quiet === 'true' ? [] : results.flatMap((one) => one.deleted ?? []);
  return xmlAnswer('DeleteResult', { Deleted: deleted, Error: results.flatMap((one) => one.error ?? []) });
};

/** An object that cannot be deleted gets its own error; the others are still deleted. */
const removeListed = (index: BucketIndex, bucket: Bucket, { Key, VersionId, ETag }: Listed) => {
  try {
    checkWrite(index, { bucket: bucket.name, key: checkedKey(Key), headers: { 'if-match': ETag } });
    if (VersionId !== undefined) checkVersionId(VersionId);
    const { marker: DeleteMarker, versionId } = remove(index, bucket, Key, VersionId);
    return { deleted: { Key, VersionId, DeleteMarker, DeleteMarkerVersionId: DeleteMarker ? versionId : undefined } };
  } catch (refused) {
    if (!(refused instanceof S3Error)) throw refused;
    return { error: { Key, VersionId, Code: refused.code, Message: refused.message } };
  }
};
