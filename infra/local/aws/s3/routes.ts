import type { Answer } from './answer.ts';
import {
  createBucket,
  deleteBucket,
  getLocation,
  getVersioning,
  headBucket,
  listBuckets,
  putVersioning,
} from './buckets.ts';
import { completeUpload } from './complete-multipart.ts';
import type { Context } from './context.ts';
import { copyObject } from './copy-object.ts';
import { deleteObject, deleteObjects } from './delete-object.ts';
import { postForm } from './form-post.ts';
import { getObject } from './get-object.ts';
import { listParts, listUploads } from './list-multipart.ts';
import { listObjectsV1, listObjectsV2 } from './list-objects.ts';
import { listVersions } from './list-versions.ts';
import { abortUpload, createUpload } from './multipart.ts';
import { deleteTagging, getTagging, putTagging } from './object-tagging.ts';
import { putObject } from './put-object.ts';
import type { S3Request } from './request.ts';
import { S3Error } from './s3-error.ts';
import { copyPart, uploadPart } from './upload-part.ts';

type Call = (context: Context, request: S3Request) => Promise<Answer>;

const noPolicy: Call = async (_, { bucket }) => {
  throw new S3Error('NoSuchBucketPolicy', { elements: { BucketName: bucket } });
};

/** Calls by method and by the query parameter that distinguishes them; '' stands for none of these. */
const bucketCalls: Readonly<Record<string, Readonly<Record<string, Call>>>> = {
  GET: {
    location: getLocation,
    versioning: getVersioning,
    versions: listVersions,
    uploads: listUploads,
    policy: noPolicy,
    'list-type': listObjectsV2,
    '': listObjectsV1,
  },
  HEAD: { '': headBucket },
  PUT: { versioning: putVersioning, '': createBucket },
  POST: { delete: deleteObjects, '': postForm },
  DELETE: { '': deleteBucket },
};

const byCopySource =
  (copy: Call, plain: Call): Call =>
  (context, request) =>
    (request.headers['x-amz-copy-source'] === undefined ? plain : copy)(context, request);

const objectCalls: typeof bucketCalls = {
  GET: { uploadId: listParts, tagging: getTagging, '': getObject },
  HEAD: { '': getObject },
  PUT: { uploadId: byCopySource(copyPart, uploadPart), tagging: putTagging, '': byCopySource(copyObject, putObject) },
  POST: { uploads: createUpload, uploadId: completeUpload },
  DELETE: { uploadId: abortUpload, tagging: deleteTagging, '': deleteObject },
};

/** What S3 has, and the courier has no use for. */
const notSimulated =
  /^(?:accelerate|acl|analytics|attributes|cors|encryption|intelligent-tiering|inventory|legal-hold|lifecycle|logging|metrics|notification|object-lock|ownershipControls|partNumber|policy|policyStatus|publicAccessBlock|replication|requestPayment|restore|retention|select|tagging|torrent|versioning|website)$/;

/** @throws {S3Error} MethodNotAllowed, NotImplemented */
export const callOf = ({ method, bucket, key, query }: S3Request): Call => {
  if (bucket === '') {
    if (method === 'GET') return listBuckets;
    throw new S3Error('MethodNotAllowed');
  }
  const calls = (key === '' ? bucketCalls : objectCalls)[method] ?? {};
  const named = Object.keys(calls).find((name) => name !== '' && query.has(name));
  if (named !== undefined && calls[named]) return calls[named];
  const unknown = query.keys().find((name) => notSimulated.test(name));
  if (unknown !== undefined) throw new S3Error('NotImplemented', { elements: { Header: unknown } });
  if (calls['']) return calls[''];
  throw new S3Error('MethodNotAllowed', { elements: { Method: method } });
};
