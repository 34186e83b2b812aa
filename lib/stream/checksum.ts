import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Crc64Nvme } from './crc64nvme.ts';

/** A checksum that the object's bytes must have. */
export interface Checksum {
  readonly algorithm: 'CRC32' | 'CRC64NVME' | 'SHA256' | 'SHA1' | 'MD5';
  start(): { update(chunk: Uint8Array): void; matches(): boolean };
}

const hash = (algorithm: 'SHA256' | 'SHA1' | 'MD5', expected: string, encoding: 'hex' | 'base64'): Checksum => ({
  algorithm,
  start: () => {
    const digest = createHash(algorithm.toLowerCase());
    return { update: (chunk) => void digest.update(chunk), matches: () => digest.digest(encoding) === expected };
  },
});

const crc32Of = (expected: string): Checksum => ({
  algorithm: 'CRC32',
  start: () => {
    let value = 0;
    return {
      update: (chunk) => {
        value = crc32(chunk, value);
      },
      matches: () => {
        const bytes = Buffer.alloc(4);
        bytes.writeUInt32BE(value);
        return bytes.toString('base64') === expected;
      },
    };
  },
});

const crc64nvmeOf = (expected: string): Checksum => ({
  algorithm: 'CRC64NVME',
  start: () => {
    const crc = new Crc64Nvme();
    return { update: (chunk) => crc.update(chunk), matches: () => crc.base64() === expected };
  },
});

/** What S3 says about the object; checksums are base64, the entity tag is bare. */
export interface ChecksumFacts {
  readonly crc32?: string | undefined;
  readonly crc64nvme?: string | undefined;
  readonly sha256?: string | undefined;
  readonly sha1?: string | undefined;
  /** COMPOSITE checksums are checksums of part checksums, which the bytes alone do not yield. */
  readonly type?: string | undefined;
  readonly etag: string;
  /** `aws:kms` and `aws:kms:dsse` make an entity tag that is no MD5. */
  readonly encryption?: string | undefined;
  /** A customer's own key does too. */
  readonly customerKey?: boolean;
}

/**
 * The cheapest checksum that S3 knows of the whole object, or none: then the byte count alone is verified.
 * CPU per 100 MB, measured: CRC32 23 ms, SHA1 65, SHA256 73, CRC64NVME 83, MD5 160.
 * An entity tag is the MD5 of the bytes, unless it was uploaded in parts (a dash) or encrypted by KMS or a customer key.
 * @see Amazon S3 API Reference, "Object": ETag
 */
export const checksumOf = (facts: ChecksumFacts): Checksum | undefined => {
  const whole = facts.type !== 'COMPOSITE';
  if (whole && facts.crc32) return crc32Of(facts.crc32);
  if (whole && facts.sha1) return hash('SHA1', facts.sha1, 'base64');
  if (whole && facts.sha256) return hash('SHA256', facts.sha256, 'base64');
  if (whole && facts.crc64nvme) return crc64nvmeOf(facts.crc64nvme);
  const isMd5 = /^[0-9a-f]{32}$/.test(facts.etag) && !facts.encryption?.startsWith('aws:kms') && !facts.customerKey;
  return isMd5 ? hash('MD5', facts.etag, 'hex') : undefined;
};
