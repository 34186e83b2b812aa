import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Crc32c } from '@aws-sdk/checksums/crc';
import { Crc64Nvme } from '../../../../lib/stream/crc64nvme.ts';
import { S3Error } from './s3-error.ts';

export const algorithms = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256', 'SHA512', 'MD5'] as const;
export type Algorithm = (typeof algorithms)[number];

export type ChecksumType = 'COMPOSITE' | 'FULL_OBJECT';

/** @see Amazon S3 User Guide, "Checking object integrity in Amazon S3" */
export interface Checksum {
  readonly algorithm: Algorithm;
  /** Base64; of a multipart object's composite checksum with "-N" at its end. */
  readonly value: string;
  readonly type: ChecksumType;
}

interface Hasher {
  update(chunk: Uint8Array): void;
  digest(): Promise<string>;
}

const hash = (name: string): Hasher => {
  const state = createHash(name);
  return { update: (chunk) => void state.update(chunk), digest: async () => state.digest('base64') };
};

const hashers: Readonly<Record<Algorithm, () => Hasher>> = {
  CRC32: () => {
    let value = 0;
    const update = (chunk: Uint8Array) => {
      value = crc32(chunk, value);
    };
    const digest = async () => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes.toString('base64');
    };
    return { update, digest };
  },
  CRC32C: () => {
    const state = new Crc32c();
    return {
      update: (chunk) => state.update(chunk),
      digest: async () => Buffer.from(await state.digest()).toString('base64'),
    };
  },
  CRC64NVME: () => {
    const state = new Crc64Nvme();
    return { update: (chunk) => state.update(chunk), digest: async () => state.base64() };
  },
  SHA1: () => hash('sha1'),
  SHA256: () => hash('sha256'),
  SHA512: () => hash('sha512'),
  MD5: () => hash('md5'),
};

export const startChecksum = (algorithm: Algorithm): Hasher => hashers[algorithm]();

const digestBytes: Readonly<Record<Algorithm, number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
  SHA512: 64,
  MD5: 16,
};

export const isDigest = (algorithm: Algorithm, value: string): boolean => isBase64Of(value, digestBytes[algorithm]);

export const isBase64Of = (value: string, bytes: number): boolean =>
  /^[A-Za-z0-9+/]+={0,2}$/.test(value) && Buffer.from(value, 'base64').length === bytes;

export const checksumHeader = (algorithm: Algorithm): string => `x-amz-checksum-${algorithm.toLowerCase()}`;

/** The element of XML answers, `ChecksumCRC32` for instance. */
export const checksumElement = (algorithm: Algorithm): string => `Checksum${algorithm}`;

export const checksumHeaders = (checksum: Checksum | undefined): Readonly<Record<string, string>> =>
  checksum ? { [checksumHeader(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': checksum.type } : {};

export const checksumElements = (checksum: Checksum | undefined): Readonly<Record<string, string>> =>
  checksum ? { [checksumElement(checksum.algorithm)]: checksum.value, ChecksumType: checksum.type } : {};

/** @throws {S3Error} InvalidRequest for an algorithm that S3 does not have, or that is not kept here */
export const parseAlgorithm = (name: string | undefined): Algorithm | undefined => {
  if (name === undefined) return undefined;
  const known = algorithms.find((algorithm) => algorithm === name.toUpperCase());
  if (known) return known;
  throw new S3Error('InvalidRequest', { message: `Checksum algorithm provided is unsupported: ${name}` });
};

/** The checksum of the parts' checksums. */
export const compositeOf = async (algorithm: Algorithm, parts: readonly string[]): Promise<string> => {
  const state = startChecksum(algorithm);
  for (const part of parts) state.update(Buffer.from(part, 'base64'));
  return `${await state.digest()}-${parts.length}`;
};
