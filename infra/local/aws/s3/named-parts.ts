import type { MultipartUpload, Part } from './bucket-index.ts';
import type { Context, S3Request } from './call.ts';
import { checksumElement } from './checksums.ts';
import { receiveDocument } from './receive-body.ts';
import { invalidArgument, invalidRequest, S3Error } from './s3-error.ts';
import { repeated, textOf } from './xml.ts';

/** @see Amazon S3 User Guide, "Amazon S3 multipart upload limits" */
const minPartBytes = 5 * 1024 * 1024;

/** The parts of the caller's list, checked against those that came in. */
export const namedParts = async (
  { store }: Context,
  request: S3Request,
  upload: MultipartUpload,
): Promise<readonly Part[]> => {
  // On this call these headers speak of the object, not of the document.
  const own = Object.entries(request.headers).filter(([name]) => !name.startsWith('x-amz-checksum-'));
  const document = await receiveDocument({ ...request, headers: Object.fromEntries(own) }, 'CompleteMultipartUpload');
  const named = repeated(document.Part);
  const numbers = named.map(({ PartNumber }) => Number(textOf(PartNumber) ?? Number.NaN));
  if (named.length === 0 || !numbers.every(Number.isInteger)) throw new S3Error('MalformedXML');
  if (numbers.some((number) => number < 1)) throw invalidArgument('PartNumber', '', 'PartNumber must be >= 1');
  if (numbers.some((number, at) => at > 0 && number <= Number(numbers[at - 1]))) throw new S3Error('InvalidPartOrder');
  const uploaded = new Map(store.index.parts(upload.id).map((part) => [part.number, part]));
  const parts = named.map((one, at) => matchingPart(upload, uploaded.get(Number(numbers[at])), one));
  const small = parts.slice(0, -1).find(({ sizeBytes }) => sizeBytes < minPartBytes);
  if (!small) return parts;
  const { sizeBytes: ProposedSize, number: PartNumber, etag: ETag } = small;
  throw new S3Error('EntityTooSmall', { elements: { ProposedSize, MinSizeAllowed: minPartBytes, PartNumber, ETag } });
};

const matchingPart = (
  { algorithm, type }: MultipartUpload,
  part: Part | undefined,
  named: Readonly<Record<string, unknown>>,
): Part => {
  const etag = textOf(named.ETag)?.replace(/^"(.*)"$/, '$1');
  if (etag === undefined) throw new S3Error('MalformedXML');
  const checksum = algorithm && textOf(named[checksumElement(algorithm)]);
  if (etag !== part?.etag || (checksum !== undefined && checksum !== part.checksum.value)) {
    throw new S3Error('InvalidPart', { elements: { PartNumber: String(named.PartNumber), ETag: etag } });
  }
  if (algorithm === undefined || type === 'FULL_OBJECT' || checksum !== undefined) return part;
  throw invalidRequest(
    `The upload was created using a ${algorithm.toLowerCase()} checksum, which is missing for part ${part.number}.`,
  );
};
