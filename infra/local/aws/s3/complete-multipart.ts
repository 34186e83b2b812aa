import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { xmlAnswer } from './answer.ts';
import type { MultipartUpload, Part } from './bucket-index.ts';
import type { Call, Context, Headers, S3Request } from './call.ts';
import { type Checksum, checksumElement, checksumElements, checksumHeader, compositeOf } from './checksums.ts';
import { findUpload } from './multipart.ts';
import { writtenHeaders } from './object-headers.ts';
import { receiveDocument } from './receive-body.ts';
import { invalidArgument, invalidRequest, S3Error } from './s3-error.ts';
import { badChecksum } from './sent-checksum.ts';
import { addObject } from './versions.ts';
import { repeated } from './xml.ts';

const namedPart = v.objectWithRest(
  { PartNumber: v.pipe(v.string(), v.transform(Number), v.integer()), ETag: v.string() },
  v.string(),
);
type NamedPart = v.InferOutput<typeof namedPart>;

const completeDocument = v.object({
  CompleteMultipartUpload: v.object({ Part: v.pipe(repeated(namedPart), v.minLength(1)) }),
});

export const completeUpload: Call = async (context, request) => {
  const { bucket, key, headers } = request;
  const { index } = context.store;
  const upload = findUpload(context, request);
  const { algorithm = 'CRC64NVME', type } = upload;
  // In this call, the checksum headers are those of the object, not of the document.
  const own = Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('x-amz-checksum-')));
  const document = await receiveDocument({ ...request, headers: own }, completeDocument);
  const parts = partsOf(upload, index.parts(upload.id), document.CompleteMultipartUpload.Part);
  const composite = await compositeOf(
    algorithm,
    parts.map(({ checksum }) => checksum.value),
  );
  const added = await addObject(context, request, {
    source: { bytes: bytesOf(context, request, parts), algorithm },
    description: upload,
    event: 'CompleteMultipartUpload',
    complete: ({ sizeBytes, checksum: full }) => {
      // Another call may have completed or aborted it meanwhile.
      const { id } = findUpload(context, request);
      const checksum = type === 'FULL_OBJECT' ? full : { algorithm, value: composite, type };
      checkWhole(headers, checksum);
      index.deleteUpload(id);
      return { sizeBytes, etag: etagOf(parts), checksum };
    },
  });
  const { etag, ...written } = writtenHeaders(added);
  const Location = `http://${headers.host}${request.path}`;
  const checksum = checksumElements(added.version.checksum);
  return xmlAnswer(
    'CompleteMultipartUploadResult',
    { Location, Bucket: bucket, Key: key, ETag: etag, ...checksum },
    written,
  );
};

/** @see Amazon S3 User Guide, "Amazon S3 multipart upload limits" */
const minPartBytes = 5 * 1024 * 1024;

/** The parts that the caller lists, checked against the uploaded ones. */
const partsOf = (upload: MultipartUpload, uploaded: readonly Part[], named: readonly NamedPart[]): readonly Part[] => {
  for (const [at, { PartNumber }] of named.entries()) {
    if (PartNumber < 1) throw invalidArgument('PartNumber', String(PartNumber), 'PartNumber must be >= 1');
    if (PartNumber <= (named[at - 1]?.PartNumber ?? 0)) throw new S3Error('InvalidPartOrder');
  }
  const byNumber = new Map(uploaded.map((part) => [part.number, part]));
  const parts = named.map((one) => matchingPart(upload, byNumber.get(one.PartNumber), one));
  const small = parts.slice(0, -1).find(({ sizeBytes }) => sizeBytes < minPartBytes);
  if (!small) return parts;
  const { sizeBytes: ProposedSize, number: PartNumber, etag: ETag } = small;
  throw new S3Error('EntityTooSmall', { elements: { ProposedSize, MinSizeAllowed: minPartBytes, PartNumber, ETag } });
};

const matchingPart = ({ algorithm, type }: MultipartUpload, part: Part | undefined, named: NamedPart): Part => {
  const { PartNumber, ETag } = named;
  const checksum = algorithm && named[checksumElement(algorithm)];
  const isOther = checksum !== undefined && checksum !== part?.checksum.value;
  if (!part || isOther || ETag.replaceAll('"', '') !== part.etag) {
    throw new S3Error('InvalidPart', { elements: { PartNumber, ETag } });
  }
  if (algorithm === undefined || type === 'FULL_OBJECT' || checksum !== undefined) return part;
  throw invalidRequest(`The ${algorithm} checksum of the upload is missing for part ${PartNumber}.`);
};

/** @throws {S3Error} NoSuchUpload, or InvalidPart when a part was deleted or replaced while earlier ones were read */
const bytesOf = async function* (context: Context, request: S3Request, parts: readonly Part[]) {
  for (const { file, number: PartNumber, etag: ETag } of parts) {
    const { id } = findUpload(context, request);
    if (context.store.index.part(id, PartNumber)?.file !== file)
      throw new S3Error('InvalidPart', { elements: { PartNumber, ETag } });
    yield* context.store.read(file) as AsyncIterable<Uint8Array>;
  }
};

/** The MD5 of the parts' MD5s, and the number of parts. */
const etagOf = (parts: readonly Part[]): string => {
  const md5 = createHash('md5');
  for (const { etag } of parts) md5.update(etag, 'hex');
  return `${md5.digest('hex')}-${parts.length}`;
};

/** Clients may omit the number of parts from a composite checksum. */
const checkWhole = (headers: Headers, { algorithm, value }: Checksum): void => {
  const sent = headers[checksumHeader(algorithm)];
  if (sent !== undefined && sent !== value && sent !== value.replace(/-\d+$/, '')) throw badChecksum(algorithm);
};
