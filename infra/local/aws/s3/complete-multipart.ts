import { createHash } from 'node:crypto';
import { type Answer, quoted, xmlAnswer } from './answer.ts';
import type { Part } from './bucket-index.ts';
import {
  type Checksum,
  checksumElement,
  checksumElements,
  checksumHeader,
  compositeOf,
  isDigest,
} from './checksums.ts';
import { checkWrite } from './conditions.ts';
import type { Context } from './context.ts';
import { findUpload, type OpenUpload } from './multipart.ts';
import { versionHeader } from './object-headers.ts';
import { receiveDocument } from './receive-document.ts';
import type { S3Request } from './request.ts';
import { S3Error } from './s3-error.ts';
import { addVersion, currentVersion } from './versions.ts';
import { repeated, textOf } from './xml.ts';

export const completeUpload = async (context: Context, request: S3Request): Promise<Answer> => {
  const { bucket: name, key, headers } = request;
  const { store } = context;
  const open = findUpload(context, request);
  const parts = await namedParts(context, request, open);
  const partBytes = parts.map(({ sizeBytes }) => sizeBytes);
  const sizeBytes = partBytes.reduce((sum, one) => sum + one, 0);
  refuseOtherSize(headers['x-amz-mp-object-size'], sizeBytes);
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
    sizeBytes,
    etag,
    checksum,
    partBytes,
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
    { ...versionHeader(bucket, version.id), 'x-amz-server-side-encryption': 'AES256' },
  );
};

/** @see Amazon S3 User Guide, "Amazon S3 multipart upload limits" */
const minPartBytes = 5 * 1024 * 1024;

/** The parts of the caller's list, checked against those that came in. */
const namedParts = async (context: Context, request: S3Request, open: OpenUpload): Promise<readonly Part[]> => {
  // On this call these headers speak of the object, not of the document.
  const own = Object.entries(request.headers).filter(([name]) => !name.startsWith('x-amz-checksum-'));
  const document = await receiveDocument(
    context,
    { ...request, headers: Object.fromEntries(own) },
    'CompleteMultipartUpload',
  );
  const named = repeated(document.Part).map((one) => ({ ...one, number: Number(textOf(one.PartNumber)) }));
  if (named.length === 0 || named.some(({ number }) => !Number.isInteger(number))) throw new S3Error('MalformedXML');
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

const bytesOf = async function* ({ store }: Context, parts: readonly Part[]): AsyncGenerator<Uint8Array> {
  for (const { file } of parts) yield* store.read(file);
};

/** The MD5 of the parts' MD5s, and how many there are. */
const etagOf = (parts: readonly Part[]): string => {
  const md5 = createHash('md5');
  for (const { etag } of parts) md5.update(Buffer.from(etag, 'hex'));
  return `${md5.digest('hex')}-${parts.length}`;
};

const refuseOtherSize = (expected: string | undefined, actual: number): void => {
  if (expected === undefined || Number(expected) === actual) return;
  const message = `The provided 'x-amz-mp-object-size' header does not match what was computed.`;
  throw new S3Error('InvalidRequest', { message });
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
