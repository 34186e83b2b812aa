import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { ok } from '../result.ts';
import type { PutObject } from '../upload/storage.ts';
import { bareEtag } from '../upload/upload.ts';
import { s3Failure } from './s3-failure.ts';

/** Separate from `s3Storage`, so that only the function that may write to the bucket contains this code. */
export const s3Put =
  (client: S3Client): PutObject =>
  async ({ bucket, key, bytes, contentType }, signal) => {
    const command = new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, ContentType: contentType });
    try {
      const { ETag = '' } = await client.send(command, { abortSignal: signal });
      return ok({ etag: bareEtag(ETag) });
    } catch (error) {
      return s3Failure(error);
    }
  };
