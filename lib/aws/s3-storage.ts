import type { Readable } from 'node:stream';
import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';
import { s3ListingTimeoutMs } from '../limits.ts';
import { fail, ok } from '../result.ts';
import { type ChecksumFacts, checksumOf, identityOf } from '../stream/checksum.ts';
import { freeAfterUse } from '../stream/free-after-use.ts';
import { decodeListingKey } from '../upload/object-key.ts';
import type { Storage, StoredObject } from '../upload/storage.ts';
import { bareEtag } from '../upload/upload.ts';
import { s3Failure } from './s3-failure.ts';

/** Implements `Storage` with the AWS SDK, which retries single calls. Deliveries are not retried here. */
export const s3Storage = (client: S3Client): Storage => {
  const get = async (command: GetObjectCommand, etag: string, signal: AbortSignal): ReturnType<Storage['open']> => {
    askForChecksum(command);
    try {
      const answer = await client.send(command, { abortSignal: signal });
      const object = storedObject(answer);
      // Some S3-compatible servers ignore If-Match, so the response's ETag is compared as well.
      if (object.etag === etag && answer.ContentLength !== undefined) return ok(object);
      object.close();
      return object.etag === etag
        ? fail('STORAGE_UNAVAILABLE', 'S3 did not report the size of the object.')
        : fail('OBJECT_REPLACED', 'The object under the key has another ETag now.');
    } catch (error) {
      return s3Failure(error);
    }
  };

  const open: Storage['open'] = ({ bucket, key, etag }, signal) =>
    get(new GetObjectCommand({ Bucket: bucket, Key: key, IfMatch: `"${etag}"` }), etag, signal);

  const openVersion: Storage['openVersion'] = ({ bucket, key, etag, versionId }, signal) => {
    const pinned = { Bucket: bucket, Key: key, IfMatch: `"${etag}"`, VersionId: versionId };
    return get(new GetObjectCommand(pinned), etag, signal);
  };

  const find: Storage['find'] = async (bucket, key, signal) => {
    try {
      const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: signal });
      return ok({
        bucket,
        key,
        etag: bareEtag(head.ETag ?? ''),
        ...(head.ContentLength !== undefined && { sizeBytes: head.ContentLength }),
        ...pinnedVersion(head.VersionId),
        ...(head.LastModified !== undefined && { modifiedAt: head.LastModified.getTime() }),
      });
    } catch (error) {
      return s3Failure(error);
    }
  };

  const list: Storage['list'] = async (bucket, { prefix, afterKey, token, delimiter }, signal) => {
    const command = new ListObjectsV2Command({
      Bucket: bucket,
      Prefix: prefix,
      Delimiter: delimiter,
      ContinuationToken: token,
      StartAfter: token === undefined ? afterKey : undefined,
      // Keys may contain characters that XML cannot represent. URL-encoded keys are complete.
      EncodingType: 'url',
    });
    try {
      const page = await client.send(command, { abortSignal: signal, requestTimeout: s3ListingTimeoutMs });
      const decode = page.EncodingType === 'url' ? decodeKey : (key: string) => key;
      const objects = (page.Contents ?? []).map((entry) => ({
        key: decode(entry.Key ?? ''),
        etag: bareEtag(entry.ETag ?? ''),
        sizeBytes: entry.Size ?? 0,
        modifiedAt: entry.LastModified?.getTime() ?? 0,
      }));
      const folders = (page.CommonPrefixes ?? []).map((folder) => decode(folder.Prefix ?? ''));
      if (page.IsTruncated !== true) return ok({ objects, folders });
      // Treating this page as the last one would hide the objects after it.
      return page.NextContinuationToken
        ? ok({ objects, folders, next: page.NextContinuationToken })
        : fail('STORAGE_UNAVAILABLE', 'S3 cut the listing short without a token to continue with.');
    } catch (error) {
      return s3Failure(error);
    }
  };

  const link: Storage['link'] = async ({ bucket, key }, { lifetimeSeconds, contentType, versionId }) => {
    // Loaded only when TRANSFER=data_url needs it, so that other cold starts do not pay for it.
    const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
    const command = new GetObjectCommand({
      Bucket: bucket,
      Key: key,
      VersionId: versionId,
      ResponseContentType: contentType,
    });
    return getSignedUrl(client, command, { expiresIn: lifetimeSeconds });
  };

  return { open, openVersion, find, list, link };
};

/**
 * Asks S3 for the checksum that it stores. The SDK's own ChecksumMode would also compute it in an additional stream,
 * but the body already verifies it before its last bytes are sent.
 */
const askForChecksum = (command: GetObjectCommand): void =>
  command.middlewareStack.add(
    (next) => (args) => {
      const { request } = args;
      if (typeof request === 'object' && request !== null && 'headers' in request) {
        Object.assign(request.headers as object, { 'x-amz-checksum-mode': 'ENABLED' });
      }
      return next(args);
    },
    { step: 'build', name: 'askForChecksum' },
  );

const storedObject = (answer: GetObjectCommandOutput): StoredObject => {
  const etag = bareEtag(answer.ETag ?? '');
  const body = answer.Body as Readable;
  const facts: ChecksumFacts = {
    crc32: answer.ChecksumCRC32,
    crc64nvme: answer.ChecksumCRC64NVME,
    sha256: answer.ChecksumSHA256,
    sha1: answer.ChecksumSHA1,
    type: answer.ChecksumType,
    etag,
    encryption: answer.ServerSideEncryption,
    customerKey: answer.SSECustomerAlgorithm !== undefined,
  };
  const checksum = checksumOf(facts);
  const identity = identityOf(facts);
  // A body that is closed early emits an error. Without a listener that error would end the process.
  body.on('error', () => undefined);
  return {
    etag,
    sizeBytes: answer.ContentLength ?? 0,
    metadata: answer.Metadata ?? {},
    ...(answer.ContentType !== undefined && { contentType: answer.ContentType }),
    ...(answer.ContentEncoding !== undefined && { contentEncoding: answer.ContentEncoding }),
    ...pinnedVersion(answer.VersionId),
    ...(answer.LastModified !== undefined && { modifiedAt: answer.LastModified.getTime() }),
    ...(checksum && { checksum }),
    ...(identity && { identity }),
    chunks: freeAfterUse(body),
    close: () => void body.destroy(),
  };
};

/**
 * A bucket with suspended versioning gives every new object the version id "null" and overwrites it, so this id pins
 * nothing.
 */
const pinnedVersion = (id: string | undefined): { readonly versionId?: string } =>
  id === undefined || id === 'null' ? {} : { versionId: id };

/** S3's own encoding can always be decoded. If another store sends something else, the key is kept as it was sent. */
const decodeKey = (encoded: string): string => {
  const key = decodeListingKey(encoded);
  return key.ok ? key.value : encoded;
};
