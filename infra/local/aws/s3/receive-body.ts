import { createHash } from 'node:crypto';
import { chunkedPayload } from './aws-chunked.ts';
import { type Algorithm, type Checksum, checksumHeader } from './checksums.ts';
import type { Context } from './context.ts';
import type { S3Request } from './request.ts';
import { S3Error } from './s3-error.ts';
import { checkMd5, checkSent, sentChecksum, sentMd5 } from './sent-checksum.ts';

export interface ReceivedFile {
  readonly file: string;
  readonly sizeBytes: number;
  /** Hex. */
  readonly md5: string;
  /** The one that was sent, or the one that was wanted. */
  readonly checksum: Checksum;
}

/**
 * The body of an upload, on the disk and verified: its length, Content-MD5, SHA-256 and checksum.
 * @param wanted the checksum to compute when none was sent; without it CRC64NVME, as S3 does
 * @throws {S3Error} after which nothing is kept
 */
export const receiveBody = async (context: Context, request: S3Request, wanted?: Algorithm): Promise<ReceivedFile> => {
  const { headers } = request;
  const { store } = context;
  const length = payloadLength(headers);
  const md5 = sentMd5(headers);
  const sent = sentChecksum(headers);
  const algorithm = sent?.algorithm ?? wanted ?? 'CRC64NVME';
  const trailers = new Map<string, string>();
  const sha256 = /^[0-9a-f]{64}$/.test(headers['x-amz-content-sha256'] ?? '') ? createHash('sha256') : undefined;
  const staged = await beforeIdle(context, request, async (body) => {
    const payload = isChunked(headers) ? chunkedPayload(body, trailers) : body;
    return store.stage(sha256 ? tee(payload, (chunk) => sha256.update(chunk)) : payload, [algorithm]);
  });
  try {
    if (staged.sizeBytes !== length) throw new S3Error('IncompleteBody');
    checkMd5(md5, staged.md5);
    if (sha256 && sha256.digest('hex') !== headers['x-amz-content-sha256']) {
      throw new S3Error('XAmzContentSHA256Mismatch');
    }
    const value = staged.checksums.get(algorithm) ?? '';
    if (sent) checkSent(algorithm, sent.value ?? trailers.get(checksumHeader(algorithm)), value);
    return { ...staged, checksum: { algorithm, value, type: 'FULL_OBJECT' } };
  } catch (error) {
    store.discard(staged.file);
    throw error;
  }
};

type Headers = S3Request['headers'];

const isChunked = (headers: Headers): boolean =>
  headers['x-amz-content-sha256']?.startsWith('STREAMING-') === true ||
  headers['content-encoding']?.split(',').some((one) => one.trim() === 'aws-chunked') === true;

/** @see Amazon S3 User Guide, "Uploading objects": one PUT has at most 5 GB */
const maxPutBytes = 5 * 1024 ** 3;

const payloadLength = (headers: Headers): number => {
  const length = isChunked(headers) ? headers['x-amz-decoded-content-length'] : headers['content-length'];
  if (length === undefined && headers['transfer-encoding'] !== undefined && !isChunked(headers)) {
    throw new S3Error('NotImplemented', { elements: { Header: 'Transfer-Encoding' } });
  }
  if (length === undefined || !/^\d{1,15}$/.test(length)) throw new S3Error('MissingContentLength');
  if (Number(length) > maxPutBytes) {
    throw new S3Error('EntityTooLarge', { elements: { ProposedSize: length, MaxSizeAllowed: String(maxPutBytes) } });
  }
  return Number(length);
};

const tee = async function* (bytes: AsyncIterable<Buffer>, look: (chunk: Buffer) => void): AsyncGenerator<Buffer> {
  for await (const chunk of bytes) {
    look(chunk);
    yield chunk;
  }
};

/** Reads the body until its end, or until its sender has been silent for too long: then S3 answers and hangs up. */
export const beforeIdle = async <T>(
  { idleTimeoutMs }: Pick<Context, 'idleTimeoutMs'>,
  { message, allowBody }: Pick<S3Request, 'message' | 'allowBody'>,
  read: (body: AsyncIterable<Buffer>) => Promise<T>,
): Promise<T> => {
  const idle = Promise.withResolvers<never>();
  const onIdle = () => idle.reject(new S3Error('RequestTimeout', { headers: { connection: 'close' } }));
  message.setTimeout(idleTimeoutMs, onIdle);
  allowBody();
  try {
    // An iterator that ended early would otherwise cut the connection, and with it the answer.
    return await Promise.race([read(message.iterator({ destroyOnReturn: false })), idle.promise]);
  } finally {
    message.setTimeout(0);
    message.off('timeout', onIdle);
  }
};
