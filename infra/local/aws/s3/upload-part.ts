import { type Answer, isoTime, quoted, xmlAnswer } from './answer.ts';
import type { MultipartUpload, Part } from './bucket-index.ts';
import { checksumElement, checksumHeader } from './checksums.ts';
import type { Context } from './context.ts';
import { copySource } from './copy-source.ts';
import { findUpload } from './multipart.ts';
import { receiveBody } from './receive-body.ts';
import { partNumberOf, type S3Request } from './request.ts';
import { S3Error } from './s3-error.ts';

const addPart = async (context: Context, request: S3Request, part: Part): Promise<void> => {
  try {
    // It may have been completed or aborted while the bytes came in.
    findUpload(context, request);
  } catch (error) {
    context.store.discard(part.file);
    throw error;
  }
  const id = request.query.get('uploadId') ?? '';
  await context.store.commit({ type: 'part', bucket: request.bucket, id, number: partNumberOf(request.query), part });
};

export const uploadPart = async (context: Context, request: S3Request): Promise<Answer> => {
  partNumberOf(request.query);
  const { upload } = findUpload(context, request);
  refuseOtherChecksum(upload, request.headers);
  const { md5: etag, ...received } = await receiveBody(context, request, upload.algorithm);
  await addPart(context, request, { ...received, etag, modifiedMs: Date.now() });
  const { algorithm, value } = received.checksum;
  return {
    status: 200,
    headers: {
      etag: quoted(etag),
      [checksumHeader(algorithm)]: value,
      'x-amz-server-side-encryption': 'AES256',
    },
  };
};

const refuseOtherChecksum = ({ algorithm, type }: MultipartUpload, headers: S3Request['headers']): void => {
  if (algorithm === undefined) return;
  const sent = [...Object.keys(headers), headers['x-amz-trailer'] ?? ''].flatMap((name) => {
    const [, found] = /^x-amz-checksum-(crc32|crc32c|crc64nvme|sha1|sha256|sha512|md5)$/i.exec(name) ?? [];
    return found === undefined ? [] : [found.toUpperCase()];
  });
  if (sent.length === 0 && type === 'FULL_OBJECT') return;
  if (sent.every((one) => one === algorithm) && sent.length > 0) return;
  const actual = sent[0]?.toLowerCase() ?? 'null';
  const message = `Checksum Type mismatch occurred, expected checksum Type: ${algorithm.toLowerCase()}, actual checksum Type: ${actual}`;
  throw new S3Error('InvalidRequest', { message });
};

/** UploadPartCopy: a part whose bytes come from another object. */
export const copyPart = async (context: Context, request: S3Request): Promise<Answer> => {
  partNumberOf(request.query);
  const { upload } = findUpload(context, request);
  const { version, answerHeaders } = copySource(context, request);
  const range = copyRange(request.headers['x-amz-copy-source-range'], version.sizeBytes);
  const algorithm = upload.algorithm ?? 'CRC64NVME';
  const bytes = context.store.read(version.file, range);
  const { md5: etag, checksums, ...staged } = await context.store.stage(bytes, [algorithm]);
  const checksum = { algorithm, value: checksums.get(algorithm) ?? '', type: 'FULL_OBJECT' } as const;
  const part = { ...staged, etag, checksum, modifiedMs: Date.now() };
  await addPart(context, request, part);
  return xmlAnswer(
    'CopyPartResult',
    {
      ETag: quoted(etag),
      LastModified: isoTime(part.modifiedMs),
      ...(upload.algorithm && { [checksumElement(algorithm)]: checksum.value }),
    },
    answerHeaders,
  );
};

const copyRange = (header: string | undefined, sizeBytes: number) => {
  if (header === undefined) return {};
  const [, start, end] = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(header) ?? [];
  if (start !== undefined && Number(start) <= Number(end) && Number(end) < sizeBytes) {
    return { start: Number(start), end: Number(end) };
  }
  const elements = { ArgumentName: 'x-amz-copy-source-range', ArgumentValue: header };
  const message = `The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy, within ${sizeBytes} bytes`;
  throw new S3Error('InvalidArgument', { message, elements });
};
