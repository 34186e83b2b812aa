import type { Headers } from './call.ts';
import { type Algorithm, algorithms, type Content, checksumHeader, isDigest } from './checksums.ts';
import { invalidRequest, S3Error } from './s3-error.ts';

interface SentChecksum {
  readonly algorithm: Algorithm;
  /** Absent when the checksum follows the body in a trailer. */
  readonly value?: string;
}

/** @throws {S3Error} for a malformed checksum, or one that cannot be verified here */
export const sentChecksum = (headers: Headers): SentChecksum | undefined => {
  const trailer = headers['x-amz-trailer']?.toLowerCase() ?? '';
  // S3 also has XXHASH checksums. They are refused, because they cannot be verified here.
  const unknown = [...Object.keys(headers), trailer].find((name) => name.startsWith('x-amz-checksum-xxhash'));
  if (unknown !== undefined) throw new S3Error('NotImplemented', { elements: { Header: unknown } });
  const [sent, second] = algorithms.flatMap((algorithm): readonly SentChecksum[] => {
    const value = headers[checksumHeader(algorithm)];
    if (value !== undefined) return [{ algorithm, value }];
    return trailer === checksumHeader(algorithm) ? [{ algorithm }] : [];
  });
  if (second) throw invalidRequest('Expecting a single x-amz-checksum- header.');
  if (sent?.value !== undefined) checkForm(sent.algorithm, sent.value);
  return sent;
};

const checkForm = (algorithm: Algorithm, value: string): void => {
  if (!isDigest(algorithm, value)) throw invalidRequest(`Value for ${checksumHeader(algorithm)} header is invalid.`);
};

/**
 * @param trailers of a chunked body, complete once it has been read
 * @returns a check of the received bytes against Content-MD5 and checksum
 */
export const sentDigests = (headers: Headers, trailers: ReadonlyMap<string, string>) => {
  const { 'content-md5': md5 } = headers;
  if (md5 !== undefined && !isDigest('MD5', md5)) throw new S3Error('InvalidDigest');
  const sent = sentChecksum(headers);
  const verify = ({ etag, checksum }: Content): void => {
    if (md5 !== undefined && Buffer.from(md5, 'base64').toString('hex') !== etag) throw new S3Error('BadDigest');
    if (!sent) return;
    const value = sent.value ?? trailers.get(checksumHeader(sent.algorithm));
    if (value === undefined) throw new S3Error('MalformedTrailerError');
    checkForm(sent.algorithm, value);
    if (value !== checksum.value) throw badChecksum(sent.algorithm);
  };
  return { algorithm: sent?.algorithm, verify };
};

export const badChecksum = (algorithm: Algorithm): S3Error =>
  new S3Error('BadDigest', { message: `The ${algorithm} you specified did not match the calculated checksum.` });
