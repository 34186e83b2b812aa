import { type Algorithm, algorithms, checksumHeader, isBase64Of, isDigest } from './checksums.ts';
import { S3Error } from './s3-error.ts';

type Headers = Readonly<Record<string, string | undefined>>;

/** In hex. */
export const sentMd5 = ({ 'content-md5': base64 }: Headers): string | undefined => {
  if (base64 === undefined) return undefined;
  if (!isBase64Of(base64, 16)) throw new S3Error('InvalidDigest');
  return Buffer.from(base64, 'base64').toString('hex');
};

export const checkMd5 = (sent: string | undefined, computed: string): void => {
  if (sent !== undefined && sent !== computed) throw new S3Error('BadDigest');
};

interface SentChecksum {
  readonly algorithm: Algorithm;
  readonly value?: string;
}

/** A trailer is announced here and its value comes after the bytes. */
export const sentChecksum = (
  headers: Headers,
): { readonly algorithm: Algorithm; readonly value?: string } | undefined => {
  const announced = headers['x-amz-trailer']?.toLowerCase();
  const sent = algorithms.flatMap((algorithm): readonly SentChecksum[] => {
    const value = headers[checksumHeader(algorithm)];
    if (value !== undefined) return [{ algorithm, value }];
    return announced === checksumHeader(algorithm) ? [{ algorithm }] : [];
  });
  if (sent.length > 1) {
    const message = 'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.';
    throw new S3Error('InvalidRequest', { message });
  }
  const [only] = sent;
  refuseUnknown(headers, only);
  if (only && only.value !== undefined && !isDigest(only.algorithm, only.value)) throw invalidValue(only.algorithm);
  return only;
};

/** XXHASH checksums exist on S3, but not here; accepted and not verified, they would promise too much. */
const refuseUnknown = (headers: Headers, sent: SentChecksum | undefined): void => {
  const unknown = [...Object.keys(headers), headers['x-amz-trailer'] ?? ''].find((name) =>
    /^x-amz-checksum-xxhash/i.test(name),
  );
  if (unknown !== undefined) throw new S3Error('NotImplemented', { elements: { Header: unknown } });
  const announced = headers['x-amz-sdk-checksum-algorithm'];
  if (announced === undefined || announced.toUpperCase() === sent?.algorithm) return;
  if (sent === undefined && headers['content-md5'] !== undefined) return;
  if (sent === undefined) {
    const message =
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.';
    throw new S3Error('InvalidRequest', { message });
  }
  throw new S3Error('InvalidRequest', { message: 'Value for x-amz-sdk-checksum-algorithm header is invalid.' });
};

const invalidValue = (algorithm: Algorithm): S3Error =>
  new S3Error('InvalidRequest', { message: `Value for ${checksumHeader(algorithm)} header is invalid.` });

export const checkSent = (algorithm: Algorithm, sent: string | undefined, computed: string): void => {
  if (sent === undefined) throw new S3Error('MalformedTrailerError');
  if (!isDigest(algorithm, sent)) throw invalidValue(algorithm);
  if (sent !== computed) {
    throw new S3Error('BadDigest', {
      message: `The ${algorithm} you specified did not match the calculated checksum.`,
    });
  }
};
