import { isoTime, quoted, xmlAnswer } from './answer.ts';
import type { MultipartUpload, Part } from './bucket-index.ts';
import type { Call, Context, Headers, S3Request } from './call.ts';
import { checksumElement, checksumHeader, type Source } from './checksums.ts';
import { copySource } from './copy-object.ts';
import { findUpload } from './multipart.ts';
import { receiveBody } from './receive-body.ts';
import { partNumberOf } from './request.ts';
import { invalidArgument, invalidRequest } from './s3-error.ts';
import { sentChecksum } from './sent-checksum.ts';

const keepPart = (context: Context, request: S3Request, source: Source): Promise<Part> =>
  context.store.keep(source, (content) => {
    // The upload may have been completed or aborted in the meantime.
    const { id } = findUpload(context, request);
    const part = { ...content, number: partNumberOf(request.query), modifiedMs: Date.now() };
    context.store.index.addPart(id, part);
    return part;
  });

export const uploadPart: Call = async (context, request) => {
  partNumberOf(request.query);
  const upload = findUpload(context, request);
  refuseOtherChecksum(upload, request.headers);
  const { etag, checksum } = await keepPart(context, request, receiveBody(request, upload.algorithm));
  return { status: 200, headers: { etag: quoted(etag), [checksumHeader(checksum.algorithm)]: checksum.value } };
};

const refuseOtherChecksum = ({ algorithm, type }: MultipartUpload, headers: Headers): void => {
  const sent = sentChecksum(headers)?.algorithm;
  if (algorithm === undefined || algorithm === sent || (sent === undefined && type === 'FULL_OBJECT')) return;
  throw invalidRequest(`Checksum Type mismatch occurred, expected: ${algorithm}, actual: ${sent ?? 'none'}`);
};

/** UploadPartCopy: a part copied from another object. */
export const copyPart: Call = async (context, request) => {
  partNumberOf(request.query);
  const upload = findUpload(context, request);
  const { version, answerHeaders } = copySource(context, request);
  const range = copyRange(request.headers['x-amz-copy-source-range'], version.sizeBytes);
  const algorithm = upload.algorithm ?? 'CRC64NVME';
  const bytes = context.store.read(version.file, range);
  const { etag, modifiedMs, checksum } = await keepPart(context, request, { bytes, algorithm });
  return xmlAnswer(
    'CopyPartResult',
    {
      ETag: quoted(etag),
      LastModified: isoTime(modifiedMs),
      ...(upload.algorithm && { [checksumElement(algorithm)]: checksum.value }),
    },
    answerHeaders,
  );
};

const copyRange = (header: string | undefined, sizeBytes: number) => {
  if (header === undefined) return {};
  const [, start, end] = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(header)?.map(Number) ?? [];
  if (start !== undefined && end !== undefined && start <= end && end < sizeBytes) return { start, end };
  const message = `The x-amz-copy-source-range value must be of the form bytes=first-last, within ${sizeBytes} bytes`;
  throw invalidArgument('x-amz-copy-source-range', header, message);
};
