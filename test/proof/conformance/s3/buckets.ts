import { randomBytes } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  type BucketLocationConstraint,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { decodeListed } from './listed-key.ts';

export interface Buckets {
  /** This suite has never switched versioning on for this bucket. */
  readonly plain: string;
  /** With versioning; the plain bucket when the endpoint cannot switch it. */
  readonly versions: string;
  /**
   * @param touched keys to delete even when no listing shows them
   * @returns sentences about what could not be removed
   */
  remove(touched: ReadonlySet<string>): Promise<readonly string[]>;
}

export const createBuckets = async (client: S3Client, region: string, canSwitch: boolean): Promise<Buckets> => {
  const name = `cv-courier-conformance-${randomBytes(6).toString('hex')}`;
  const created: string[] = [];
  const remove: Buckets['remove'] = async (touched) =>
    (await Promise.all(created.map((bucket) => removeBucket(client, bucket, touched)))).flat();
  const create = async (bucket: string): Promise<string> => {
    await createBucket(client, region, bucket);
    created.push(bucket);
    return bucket;
  };
  try {
    const plain = await create(name);
    if (!canSwitch) return { plain, versions: plain, remove };
    const versions = await create(`${name}-versions`);
    await client.send(
      new PutBucketVersioningCommand({ Bucket: versions, VersioningConfiguration: { Status: 'Enabled' } }),
    );
    return { plain, versions, remove };
  } catch (error) {
    await remove(new Set());
    throw error;
  }
};

export const createBucket = (client: S3Client, region: string, bucket: string) =>
  client.send(
    new CreateBucketCommand({
      Bucket: bucket,
      // The one region that a request must not name.
      ...(region !== 'us-east-1' && {
        CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint },
      }),
    }),
  );

/** Empties a bucket, versions and unfinished uploads included, and deletes it. */
export const removeBucket = async (
  client: S3Client,
  bucket: string,
  touched: ReadonlySet<string>,
): Promise<readonly string[]> => {
  const remove = () => client.send(new DeleteBucketCommand({ Bucket: bucket }));
  try {
    await abortUploads(client, bucket);
    await deleteVersions(client, bucket);
    await deleteObjects(client, bucket);
    await remove().catch(async () => {
      for (const key of longestFirst([...touched])) await deleteOne(client, bucket, key);
      await remove();
    });
    return [];
  } catch (error) {
    return [`Bucket ${bucket} could not be removed: ${error instanceof Error ? error.name : String(error)}.`];
  }
};

/** Some servers keep objects as files, and can delete a folder only when it is empty. */
const longestFirst = (keys: readonly string[]): readonly string[] => keys.toSorted((a, b) => b.length - a.length);

const abortUploads = async (client: S3Client, Bucket: string): Promise<void> => {
  const page = await client
    .send(new ListMultipartUploadsCommand({ Bucket, EncodingType: 'url' }))
    .catch(() => undefined);
  for (const { Key = '', UploadId } of page?.Uploads ?? []) {
    await client
      .send(new AbortMultipartUploadCommand({ Bucket, Key: decodeListed(Key, page?.EncodingType), UploadId }))
      .catch(() => undefined);
  }
};

/** Implementations differ in the listings that they support; objects that no listing shows make DeleteBucket fail. */
const deleteVersions = async (client: S3Client, Bucket: string): Promise<void> => {
  for (let round = 0; round < maxRounds; round += 1) {
    const page = await client
      .send(new ListObjectVersionsCommand({ Bucket, EncodingType: 'url' }))
      .catch(() => undefined);
    const entries = [...(page?.Versions ?? []), ...(page?.DeleteMarkers ?? [])];
    for (const { Key = '', VersionId } of entries) {
      await deleteOne(client, Bucket, decodeListed(Key, page?.EncodingType), VersionId);
    }
    if (entries.length === 0) return;
  }
};

const deleteObjects = async (client: S3Client, Bucket: string): Promise<void> => {
  for (let round = 0; round < maxRounds; round += 1) {
    const { Contents = [], EncodingType } = await client.send(
      new ListObjectsV2Command({ Bucket, EncodingType: 'url' }),
    );
    // The longest first, because some servers keep objects as files and can delete a folder only when it is empty.
    const keys = Contents.map(({ Key = '' }) => decodeListed(Key, EncodingType)).toSorted(
      (a, b) => b.length - a.length,
    );
    for (const key of keys) await deleteOne(client, Bucket, key);
    if (keys.length === 0) return;
  }
};

const maxRounds = 5;

const deleteOne = (client: S3Client, Bucket: string, Key: string, VersionId?: string) =>
  client.send(new DeleteObjectCommand({ Bucket, Key, VersionId })).catch(() => undefined);
