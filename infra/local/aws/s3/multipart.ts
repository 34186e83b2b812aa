import { randomBytes } from 'node:crypto';
import { xmlAnswer } from './answer.ts';
import type { MultipartUpload } from './bucket-index.ts';
import type { Call, Context, S3Request } from './call.ts';
import { type Algorithm, type ChecksumType, parseAlgorithm } from './checksums.ts';
import { describe } from './object-headers.ts';
import { S3Error } from './s3-error.ts';

export const createUpload: Call = ({ store }, { bucket, key, headers }) => {
  store.index.bucket(bucket);
  const algorithm = parseAlgorithm(headers['x-amz-checksum-algorithm']);
  const type = checksumType(algorithm, headers['x-amz-checksum-type']);
  const id = randomBytes(48).toString('base64url');
  const upload = { ...describe(headers), id, key, startedMs: Date.now(), ...(algorithm && { algorithm }), type };
  store.index.addUpload(bucket, upload);
  return xmlAnswer(
    'InitiateMultipartUploadResult',
    { Bucket: bucket, Key: key, UploadId: id },
    algorithm && { 'x-amz-checksum-algorithm': algorithm, 'x-amz-checksum-type': type },
  );
};

/** @see Amazon S3 User Guide, "Full object and composite checksum types" */
const checksumType = (algorithm: Algorithm | undefined, asked = ''): ChecksumType => {
  if (algorithm === undefined || algorithm === 'CRC64NVME') return 'FULL_OBJECT';
  return asked.toUpperCase() === 'FULL_OBJECT' ? 'FULL_OBJECT' : 'COMPOSITE';
};

/** @throws {S3Error} NoSuchUpload, also when the id belongs to another key */
export const findUpload = ({ store }: Context, { bucket, key, query }: S3Request): MultipartUpload => {
  store.index.bucket(bucket);
  const id = query.get('uploadId') ?? '';
  const found = store.index.upload(bucket, key, id);
  if (found) return found;
  throw new S3Error('NoSuchUpload', { elements: { UploadId: id } });
};

export const abortUpload: Call = (context, request) => {
  const { id } = findUpload(context, request);
  context.store.change((index) => index.deleteUpload(id));
  return { status: 204 };
};
