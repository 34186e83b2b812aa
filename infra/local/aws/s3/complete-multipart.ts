import { createHash } from 'node:crypto';
import { type Answer, quoted, xmlAnswer } from './answer.ts';
import type { Part } from './bucket-index.ts';
import { type Checksum, checksumElements, checksumHeader, compositeOf, isDigest } from './checksums.ts';
import { checkWrite } from './conditions.ts';
import type { Context } from './context.ts';
import { findUpload } from './multipart.ts';
import { namedParts } from './named-parts.ts';
import { newVersionHeader } from './object-headers.ts';
import type { S3Request } from './request.ts';
import { S3Error } from './s3-error.ts';
import { addVersion, currentVersion } from './versions.ts';

export const completeUpload = async (context: Context, request: S3Request): Promise<Answer> => {
  const { bucket: name, key, headers } = request;
  const { store } = context;
  const open = findUpload(context, request);
  const parts = await namedParts(context, request, open);
  const algorithm = open.upload.algorithm ?? 'CRC64NVME';
  const isFull = open.upload.type === 'FULL_OBJECT';
  const staged = await store.stage(bytesOf(context, parts), isFull ? [algorithm] : []);
  const value = isFull
    ? (staged.checksums.get(algorithm) ?? '')
    : await compositeOf(
        algorithm,
        parts.map(({ checksum }) => checksum?.value ?? ''),
      );
  const checksum: Checksum = { algorithm, value, type: open.upload.type };
  const etag = etagOf(parts);
  const { bucket, version } = await addVersion(context, name, key, {
    file: staged.file,
    sizeBytes: staged.sizeBytes,
    etag,
    checksum,
    description: open.upload,
    event: 'CompleteMultipartUpload',
    also: [{ type: 'no-upload', bucket: name, id: open.upload.id }],
    check: (target) => {
      // Another call may have completed or aborted it meanwhile.
      findUpload(context, request);
      checkWrite(headers, key, currentVersion(target, key));
      checkWhole(headers, checksum);
    },
  });
  return xmlAnswer(
    'CompleteMultipartUploadResult',
    {
      Location: `http://${headers.host}${request.path}`,
      Bucket: name,
      Key: key,
      ETag: quoted(etag),
      ...checksumElements(checksum),
    },
    { ...newVersionHeader(bucket, version.id), 'x-amz-server-side-encryption': 'AES256' },
  );
};

const bytesOf = async function* ({ store }: Context, parts: readonly Part[]): AsyncGenerator<Uint8Array> {
  for (const { file } of parts) yield* store.read(file);
};

/** The MD5 of the parts' MD5s, and how many there are. */
const etagOf = (parts: readonly Part[]): string => {
  const md5 = createHash('md5');
  for (const { etag } of parts) md5.update(Buffer.from(etag, 'hex'));
  return `${md5.digest('hex')}-${parts.length}`;
};

const checkWhole = (headers: S3Request['headers'], { algorithm, value, type }: Checksum): void => {
  const asked = headers['x-amz-checksum-type'];
  if (asked !== undefined && asked.toUpperCase() !== type) {
    const message = `The upload was created using the ${type} checksum mode. The complete request must use the same checksum mode.`;
    throw new S3Error('InvalidRequest', { message });
  }
  const sent = headers[checksumHeader(algorithm)];
  if (sent === undefined || sent === value || (type === 'COMPOSITE' && sent === value.replace(/-\d+$/, ''))) return;
  if (!isDigest(algorithm, sent.replace(/-\d+$/, ''))) {
    throw new S3Error('InvalidRequest', { message: `Value for ${checksumHeader(algorithm)} header is invalid.` });
  }
  throw new S3Error('BadDigest', { message: `The ${algorithm} you specified did not match the calculated checksum.` });
};
