import { type Answer, isoTime, xmlAnswer } from './answer.ts';
import type { Context } from './context.ts';
import { owner } from './list-objects.ts';
import { receiveDocument } from './receive-document.ts';
import type { S3Request } from './request.ts';
import { S3Error } from './s3-error.ts';

export const listBuckets = async ({ store }: Context): Promise<Answer> =>
  xmlAnswer('ListAllMyBucketsResult', {
    Owner: owner,
    Buckets: {
      Bucket: Array.from(store.buckets, ({ name, createdMs }) => ({ Name: name, CreationDate: isoTime(createdMs) })),
    },
  });

export const headBucket = async ({ store, region }: Context, { bucket }: S3Request): Promise<Answer> => {
  store.bucket(bucket);
  return { status: 200, headers: { 'x-amz-bucket-region': region } };
};

export const ensureBucket = async ({ store }: Context, bucket: string, versioning?: 'Enabled'): Promise<void> => {
  if (store.findBucket(bucket)) return;
  const settings = { createdMs: Date.now(), ...(versioning && { versioning }) };
  await store.commit({ type: 'bucket', bucket, settings });
};

/** Without versions, as in S3. The owner of a bucket may create it again, as in us-east-1. */
export const createBucket = async (context: Context, { bucket }: S3Request): Promise<Answer> => {
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) {
    throw new S3Error('InvalidBucketName', { elements: { BucketName: bucket } });
  }
  await ensureBucket(context, bucket);
  return { status: 200, headers: { location: `/${bucket}` } };
};

export const deleteBucket = async ({ store }: Context, { bucket: name }: S3Request): Promise<Answer> => {
  // Open uploads do not keep a bucket: they end with it.
  if (store.bucket(name).keys.size > 0) throw new S3Error('BucketNotEmpty', { elements: { BucketName: name } });
  await store.commit({ type: 'no-bucket', bucket: name });
  return { status: 204 };
};

export const getLocation = async ({ store, region }: Context, { bucket }: S3Request): Promise<Answer> => {
  store.bucket(bucket);
  const answer = xmlAnswer('LocationConstraint', {});
  return { ...answer, body: String(answer.body).replace('></', `>${region}</`) };
};

export const getVersioning = async ({ store }: Context, { bucket }: S3Request): Promise<Answer> =>
  xmlAnswer('VersioningConfiguration', { Status: store.bucket(bucket).versioning });

export const putVersioning = async (context: Context, request: S3Request): Promise<Answer> => {
  const { createdMs } = context.store.bucket(request.bucket);
  const { Status } = await receiveDocument(context, request, 'VersioningConfiguration');
  if (Status !== 'Enabled' && Status !== 'Suspended') throw new S3Error('MalformedXML');
  await context.store.commit({ type: 'bucket', bucket: request.bucket, settings: { createdMs, versioning: Status } });
  return { status: 200 };
};
