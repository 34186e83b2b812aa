import { randomBytes } from 'node:crypto';
import { type Answer, xmlAnswer } from './answer.ts';
import type { Bucket, MultipartUpload, Part } from './bucket-index.ts';
import { type Algorithm, type ChecksumType, parseAlgorithm } from './checksums.ts';
import type { Context } from './context.ts';
import { describe } from './object-headers.ts';
import type { S3Request } from './request.ts';
import { S3Error } from './s3-error.ts';

export const createUpload = async ({ store }: Context, { bucket, key, headers }: S3Request): Promise<Answer> => {
  store.bucket(bucket);
  const algorithm = parseAlgorithm(headers['x-amz-checksum-algorithm']);
  const upload: MultipartUpload = {
    ...describe(headers),
    id: randomBytes(48).toString('base64url'),
    key,
    startedMs: Date.now(),
    ...(algorithm && { algorithm }),
    type: checksumType(algorithm, headers['x-amz-checksum-type']),
  };
  await store.commit({ type: 'upload', bucket, upload });
  return xmlAnswer(
    'InitiateMultipartUploadResult',
    { Bucket: bucket, Key: key, UploadId: upload.id },
    algorithm ? { 'x-amz-checksum-algorithm': algorithm, 'x-amz-checksum-type': upload.type } : {},
  );
};

/** @see Amazon S3 User Guide, "Full object and composite checksum types" */
const checksumType = (algorithm: Algorithm | undefined, asked: string | undefined): ChecksumType => {
  const isFullOnly = algorithm === undefined || algorithm === 'CRC64NVME';
  const type = asked?.toUpperCase() ?? (isFullOnly ? 'FULL_OBJECT' : 'COMPOSITE');
  const fits = type === 'FULL_OBJECT' ? !/^(SHA|MD5)/.test(algorithm ?? '') : type === 'COMPOSITE' && !isFullOnly;
  if (fits) return type as ChecksumType;
  const message = `The ${type} checksum type cannot be used with the ${algorithm?.toLowerCase() ?? 'null'} checksum algorithm.`;
  throw new S3Error('InvalidRequest', { message });
};

export interface OpenUpload {
  readonly bucket: Bucket;
  readonly upload: MultipartUpload;
  readonly parts: ReadonlyMap<number, Part>;
}

/** @throws {S3Error} NoSuchUpload, also when the id belongs to another key */
export const findUpload = ({ store }: Context, { bucket: name, key, query }: S3Request): OpenUpload => {
  const bucket = store.bucket(name);
  const id = query.get('uploadId') ?? '';
  const found = bucket.uploads.get(id);
  if (found?.upload.key === key) return { bucket, ...found };
  throw new S3Error('NoSuchUpload', { elements: { UploadId: id } });
};

export const abortUpload = async (context: Context, request: S3Request): Promise<Answer> => {
  const { upload } = findUpload(context, request);
  await context.store.commit({ type: 'no-upload', bucket: request.bucket, id: upload.id });
  return { status: 204 };
};
