import * as v from 'valibot';
import { isoTime, xmlAnswer } from './answer.ts';
import type { Call, Context } from './call.ts';
import { owner } from './listing.ts';
import { receiveDocument } from './receive-body.ts';
import { S3Error } from './s3-error.ts';

export const listBuckets: Call = ({ store }) =>
  xmlAnswer('ListAllMyBucketsResult', {
    Owner: owner,
    Buckets: {
      Bucket: store.index.buckets().map(({ name, createdMs }) => ({ Name: name, CreationDate: isoTime(createdMs) })),
    },
  });

export const headBucket: Call = ({ store, region }, { bucket }) => {
  store.index.bucket(bucket);
  return { status: 200, headers: { 'x-amz-bucket-region': region } };
};

export const ensureBucket = ({ store }: Context, name: string, versioning: 'Enabled' | null): void => {
  if (!store.index.findBucket(name)) store.index.putBucket({ name, createdMs: Date.now(), versioning });
};

/** @see Amazon S3 User Guide, "General purpose bucket naming rules" */
const bucketName =
  /^(?!xn--|sthree-|amzn-s3-demo-|.*\.\.|(?:\d+\.){3}\d+$)(?!.*(?:-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** Without versioning, as in S3. */
export const createBucket: Call = (context, { bucket }) => {
  if (context.store.index.findBucket(bucket)) {
    throw new S3Error('BucketAlreadyOwnedByYou', { elements: { BucketName: bucket } });
  }
  if (!bucketName.test(bucket)) {
    throw new S3Error('InvalidBucketName', { elements: { BucketName: bucket } });
  }
  ensureBucket(context, bucket, null);
  return { status: 200, headers: { location: `/${bucket}` } };
};

export const deleteBucket: Call = ({ store }, { bucket }) => {
  store.index.bucket(bucket);
  const [any] = store.index.versions(bucket, '');
  if (any) throw new S3Error('BucketNotEmpty', { elements: { BucketName: bucket } });
  store.change((index) => index.deleteBucket(bucket));
  return { status: 204 };
};

export const getLocation: Call = ({ store, region }, { bucket }) => {
  store.index.bucket(bucket);
  return xmlAnswer('LocationConstraint', region);
};

export const getVersioning: Call = ({ store }, { bucket }) =>
  xmlAnswer('VersioningConfiguration', { Status: store.index.bucket(bucket).versioning ?? undefined });

const versioningDocument = v.object({
  VersioningConfiguration: v.object({ Status: v.picklist(['Enabled', 'Suspended']) }),
});

export const putVersioning: Call = async ({ store }, request) => {
  const bucket = store.index.bucket(request.bucket);
  const { VersioningConfiguration } = await receiveDocument(request, versioningDocument);
  store.index.putBucket({ ...bucket, versioning: VersioningConfiguration.Status });
  return { status: 200 };
};

export const noPolicy: Call = (_, { bucket }) => {
  throw new S3Error('NoSuchBucketPolicy', { elements: { BucketName: bucket } });
};

export const noLifecycle: Call = ({ store }, { bucket }) => {
  store.index.bucket(bucket);
  throw new S3Error('NoSuchLifecycleConfiguration', { elements: { BucketName: bucket } });
};
