import { createHash } from 'node:crypto';
import type * as v from 'valibot';
import { chunkedPayload } from './aws-chunked.ts';
import type { Headers, S3Request } from './call.ts';
import { type Algorithm, digest, type Source } from './checksums.ts';
import { invalidArgument, invalidRequest, S3Error } from './s3-error.ts';
import { sentDigests } from './sent-checksum.ts';
import { type DocumentSchema, parseDocument } from './xml.ts';

/**
 * Reads the payload of a request; fails when its length, Content-MD5, SHA-256 or checksum differ from the declared
 * ones.
 * @param wanted the checksum to compute when none was sent. Default: CRC64NVME, as in S3
 */
export const receiveBody = ({ headers, body }: S3Request, wanted?: Algorithm): Source => {
  const length = payloadLength(headers);
  const trailers = new Map<string, string>();
  const { algorithm = wanted ?? 'CRC64NVME', verify } = sentDigests(headers, trailers);
  const sent = headers['x-amz-content-sha256'] ?? 'UNSIGNED-PAYLOAD';
  if (!payloads.test(sent)) throw invalidArgument('x-amz-content-sha256', sent, 'It must be a valid sha256 value.');
  const sha256 = sent.length === 64 ? createHash('sha256') : undefined;
  const payload = isChunked(headers) ? chunkedPayload(body(), headers['x-amz-trailer'] ?? '', trailers) : body();
  return {
    algorithm,
    bytes: sha256 ? tee(payload, (chunk) => sha256.update(chunk)) : payload,
    verify: (content) => {
      if (content.sizeBytes !== length) throw new S3Error('IncompleteBody');
      if (sha256 && sha256.digest('hex') !== sent.toLowerCase()) throw new S3Error('XAmzContentSHA256Mismatch');
      verify(content);
    },
  };
};

/**
 * The allowed values of x-amz-content-sha256.
 * @see Amazon S3 API Reference, "Common Request Headers"
 */
const payloads =
  /^(?:[0-9a-f]{64}|UNSIGNED-PAYLOAD|STREAMING-(?:UNSIGNED-PAYLOAD-TRAILER|AWS4-(?:HMAC-SHA256|ECDSA-P256-SHA256)-PAYLOAD(?:-TRAILER)?))$/i;

const isChunked = (headers: Headers): boolean =>
  headers['x-amz-content-sha256']?.startsWith('STREAMING-') === true ||
  headers['content-encoding']?.split(',').some((one) => one.trim() === 'aws-chunked') === true;

const payloadLength = (headers: Headers): number => {
  const length = headers[isChunked(headers) ? 'x-amz-decoded-content-length' : 'content-length'];
  if (length === undefined && headers['transfer-encoding'] !== undefined && !isChunked(headers)) {
    throw new S3Error('NotImplemented', { elements: { Header: 'Transfer-Encoding' } });
  }
  if (length !== undefined && /^\d{1,15}$/.test(length)) return Number(length);
  throw new S3Error('MissingContentLength');
};

const tee = async function* (bytes: AsyncIterable<Buffer>, look: (chunk: Buffer) => void): AsyncGenerator<Buffer> {
  for await (const chunk of bytes) {
    look(chunk);
    yield chunk;
  }
};

/** Larger than the longest list of parts or keys that S3 accepts. */
const maxDocumentBytes = 4 * 1024 * 1024;

/** The XML document of a request, verified like the body of an upload. */
export const receiveDocument = async <S extends DocumentSchema>(
  request: S3Request,
  schema: S,
  { digestRequired = false } = {},
): Promise<v.InferOutput<S>> => {
  const names = Object.keys(request.headers);
  if (digestRequired && !names.some((name) => /^(content-md5|x-amz-checksum-.*|x-amz-trailer)$/.test(name))) {
    throw invalidRequest('Missing required header for this request: Content-MD5 OR x-amz-checksum-*');
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  await digest(receiveBody(request), (chunk) => {
    bytes += chunk.length;
    if (bytes > maxDocumentBytes) throw new S3Error('MalformedXML');
    chunks.push(chunk);
  });
  return parseDocument(Buffer.concat(chunks), schema);
};
