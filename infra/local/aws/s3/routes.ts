import {
  createBucket,
  deleteBucket,
  getLocation,
  getVersioning,
  headBucket,
  listBuckets,
  noLifecycle,
  noPolicy,
  putVersioning,
} from './buckets.ts';
import type { Call, S3Request } from './call.ts';
import { completeUpload } from './complete-multipart.ts';
import { copyObject } from './copy-object.ts';
import { deleteObject, deleteObjects } from './delete-object.ts';
import { postForm } from './form-post.ts';
import { getObject } from './get-object.ts';
import { listParts, listUploads } from './list-multipart.ts';
import { listObjectsV1, listObjectsV2, listVersions } from './listing.ts';
import { abortUpload, createUpload } from './multipart.ts';
import { deleteTagging, getTagging, putTagging } from './object-tagging.ts';
import { putObject } from './put-object.ts';
import { S3Error } from './s3-error.ts';
import { copyPart, uploadPart } from './upload-part.ts';

const byCopySource =
  (copy: Call, plain: Call): Call =>
  (context, request) =>
    (request.headers['x-amz-copy-source'] === undefined ? plain : copy)(context, request);

/** Calls by method and by the query parameter that identifies them; '' means none. */
const bucketCalls: Readonly<Record<string, Readonly<Record<string, Call>>>> = {
  GET: {
    location: getLocation,
    versioning: getVersioning,
    versions: listVersions,
    uploads: listUploads,
    policy: noPolicy,
    lifecycle: noLifecycle,
    'list-type': listObjectsV2,
    '': listObjectsV1,
  },
  HEAD: { '': headBucket },
  PUT: { versioning: putVersioning, '': createBucket },
  POST: { delete: deleteObjects, '': postForm },
  DELETE: { '': deleteBucket },
};

const objectCalls: typeof bucketCalls = {
  GET: { uploadId: listParts, tagging: getTagging, '': getObject },
  HEAD: { '': getObject },
  PUT: { uploadId: byCopySource(copyPart, uploadPart), tagging: putTagging, '': byCopySource(copyObject, putObject) },
  POST: { uploads: createUpload, uploadId: completeUpload },
  DELETE: { uploadId: abortUpload, tagging: deleteTagging, '': deleteObject },
};

/** S3 operations that the courier does not use. */
const notSimulated =
  /^(?:accelerate|acl|analytics|attributes|cors|encryption|intelligent-tiering|inventory|legal-hold|lifecycle|logging|metrics|notification|object-lock|ownershipControls|partNumber|policy|policyStatus|publicAccessBlock|replication|requestPayment|restore|retention|select|tagging|torrent|versioning|website)$/;

/** @throws {S3Error} MethodNotAllowed, NotImplemented */
export const callOf = ({ method, bucket, key, query }: S3Request): Call => {
  const calls: Readonly<Record<string, Call>> =
    (bucket === '' ? { GET: { '': listBuckets } } : key === '' ? bucketCalls : objectCalls)[method] ?? {};
  const named = Object.keys(calls).find((name) => name !== '' && query.has(name));
  const unknown = named === undefined && query.keys().find((name) => notSimulated.test(name));
  if (unknown) throw new S3Error('NotImplemented', { elements: { Header: unknown } });
  const call = calls[named ?? ''];
  if (!call) throw new S3Error('MethodNotAllowed', { elements: { Method: method } });
  return call;
};
