import { createHash } from 'node:crypto';
import { Crc32, Crc32c } from '@aws-sdk/checksums/crc';
import { Crc64Nvme } from '../../../../lib/stream/crc64nvme.ts';
import { S3Error } from './s3-error.ts';

const digestBytes = { CRC32: 4, CRC32C: 4, CRC64NVME: 8, SHA1: 20, SHA256: 32, SHA512: 64, MD5: 16 } as const;

export type Algorithm = keyof typeof digestBytes;
export const algorithms = Object.keys(digestBytes) as readonly Algorithm[];

export type ChecksumType = 'COMPOSITE' | 'FULL_OBJECT';

/** @see Amazon S3 User Guide, "Checking object integrity in Amazon S3" */
export interface Checksum {
  readonly algorithm: Algorithm;
  /** Base64; the composite checksum of a multipart object ends with "-N". */
  readonly value: string;
  readonly type: ChecksumType;
}

/** What S3 reports about stored bytes. */
export interface Content {
  readonly sizeBytes: number;
  /** The MD5 in hex, unless the object was uploaded in parts. */
  readonly etag: string;
  readonly checksum: Checksum;
}

interface Hasher {
  update(chunk: Uint8Array): unknown;
  base64(): string | Promise<string>;
}

const hasherOf = (algorithm: Algorithm): Hasher => {
  if (algorithm === 'CRC64NVME') return new Crc64Nvme();
  if (algorithm === 'CRC32' || algorithm === 'CRC32C') {
    const crc = algorithm === 'CRC32' ? new Crc32() : new Crc32c();
    return {
      update: (chunk) => crc.update(chunk),
      base64: async () => Buffer.from(await crc.digest()).toString('base64'),
    };
  }
  const hash = createHash(algorithm);
  return { update: (chunk) => hash.update(chunk), base64: () => hash.digest('base64') };
};

/** The incoming bytes of an object, a part or a document. */
export interface Source {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** The algorithm of the checksum that is computed meanwhile. */
  readonly algorithm: Algorithm;
  /**
   * Called after the last byte.
   * @throws {S3Error} when the bytes do not match what the sender declared
   */
  readonly verify?: (content: Content) => void;
}

/** Reads and verifies a source; each chunk is passed on as it arrives. */
export const digest = async (source: Source, take: (chunk: Uint8Array) => void): Promise<Content> => {
  const { bytes, algorithm, verify } = source;
  const md5 = createHash('md5');
  const hasher = hasherOf(algorithm);
  let sizeBytes = 0;
  for await (const chunk of bytes) {
    md5.update(chunk);
    hasher.update(chunk);
    take(chunk);
    sizeBytes += chunk.length;
  }
  const checksum = { algorithm, value: await hasher.base64(), type: 'FULL_OBJECT' } as const;
  const content = { sizeBytes, etag: md5.digest('hex'), checksum };
  verify?.(content);
  return content;
};

/** The checksum of the parts' checksums. */
export const compositeOf = async (algorithm: Algorithm, parts: readonly string[]): Promise<string> => {
  const hasher = hasherOf(algorithm);
  for (const part of parts) hasher.update(Buffer.from(part, 'base64'));
  return `${await hasher.base64()}-${parts.length}`;
};

export const isDigest = (algorithm: Algorithm, value: string): boolean =>
  /^[A-Za-z0-9+/]+={0,2}$/.test(value) && Buffer.from(value, 'base64').length === digestBytes[algorithm];

export const checksumHeader = (algorithm: Algorithm): string => `x-amz-checksum-${algorithm.toLowerCase()}`;

/** The name of the XML element, for instance `ChecksumCRC32`. */
export const checksumElement = (algorithm: Algorithm): string => `Checksum${algorithm}`;

export const checksumHeaders = ({ algorithm, value, type }: Checksum): Readonly<Record<string, string>> => ({
  [checksumHeader(algorithm)]: value,
  'x-amz-checksum-type': type,
});

export const checksumElements = ({ algorithm, value, type }: Checksum): Readonly<Record<string, string>> => ({
  [checksumElement(algorithm)]: value,
  ChecksumType: type,
});

/** @throws {S3Error} InvalidRequest for an algorithm that S3 does not have or that is not supported here */
export const parseAlgorithm = (name: string | undefined): Algorithm | undefined => {
  const known = algorithms.find((algorithm) => algorithm === name?.toUpperCase());
  if (known || name === undefined) return known;
  throw new S3Error('InvalidRequest', { message: `Checksum algorithm provided is unsupported: ${name}` });
};
