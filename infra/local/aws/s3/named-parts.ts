import type { Part } from './bucket-index.ts';
import { checksumElement } from './checksums.ts';
import type { Context } from './context.ts';
import type { OpenUpload } from './multipart.ts';
import { receiveDocument } from './receive-document.ts';
import type { S3Request } from './request.ts';
import { S3Error } from './s3-error.ts';
import { repeated, textOf } from './xml.ts';

/** @see Amazon S3 User Guide, "Amazon S3 multipart upload limits" */
const minPartBytes = 5 * 1024 * 1024;

/** The parts of the caller's list, checked against those that came in. */
export const namedParts = async (context: Context, request: S3Request, open: OpenUpload): Promise<readonly Part[]> => {
  // On this call these headers speak of the object, not of the document.
  const own = Object.entries(request.headers).filter(([name]) => !name.startsWith('x-amz-checksum-'));
  const document = await receiveDocument(
    context,
    { ...request, headers: Object.fromEntries(own) },
    'CompleteMultipartUpload',
  );
  const named = repeated(document.Part).map((one) => ({
    ...one,
    ETag: one.ETag,
    number: Number(textOf(one.PartNumber) ?? Number.NaN),
  }));
  if (named.length === 0 || named.some(({ number }) => !Number.isInteger(number))) throw new S3Error('MalformedXML');
  if (named.some(({ ETag }) => ETag === undefined)) throw new S3Error('MalformedXML');
  if (named.some(({ number }) => number < 1)) {
    throw new S3Error('InvalidArgument', {
      message: 'PartNumber must be >= 1',
      elements: { ArgumentName: 'PartNumber' },
    });
  }
  if (named.some(({ number }, at) => at > 0 && number <= (named[at - 1]?.number ?? 0))) {
    throw new S3Error('InvalidPartOrder');
  }
  const parts = named.map((one) => matchingPart(open, one.number, one));
  parts.slice(0, -1).forEach(({ sizeBytes, etag }, at) => {
    if (sizeBytes >= minPartBytes) return;
    throw new S3Error('EntityTooSmall', {
      elements: {
        ProposedSize: String(sizeBytes),
        MinSizeAllowed: String(minPartBytes),
        PartNumber: String(named[at]?.number),
        ETag: etag,
      },
    });
  });
  return parts;
};

const matchingPart = (
  { parts, upload }: OpenUpload,
  number: number,
  named: Readonly<Record<string, unknown>>,
): Part => {
  const part = parts.get(number);
  const etag = textOf(named.ETag)?.replace(/^"(.*)"$/, '$1');
  const { algorithm } = upload;
  const checksum = algorithm && textOf(named[checksumElement(algorithm)]);
  if (!part || etag !== part.etag || (checksum !== undefined && checksum !== part.checksum?.value)) {
    throw new S3Error('InvalidPart', { elements: { PartNumber: String(number), ETag: etag ?? '' } });
  }
  if (algorithm && upload.type === 'COMPOSITE' && checksum === undefined) {
    const message = `The upload was created using a ${algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${number} in the request.`;
    throw new S3Error('InvalidRequest', { message });
  }
  return part;
};
