import { createHash } from 'node:crypto';
import { crc32 as zlibCrc32 } from 'node:zlib';

/**
 * Checksums as S3 writes them: base64 of the big-endian value. Written for clarity, bit by bit, and not shared with the
 * code under test.
 */
export const md5 = (data: string | Uint8Array): string => createHash('md5').update(data).digest('base64');
export const md5Hex = (data: string | Uint8Array): string => createHash('md5').update(data).digest('hex');
export const sha1 = (data: string | Uint8Array): string => createHash('sha1').update(data).digest('base64');
export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('base64');

export const crc32 = (data: string | Uint8Array): string => {
  const value = Buffer.alloc(4);
  value.writeUInt32BE(zlibCrc32(data));
  return value.toString('base64');
};

export const crc32c = (data: string): string => {
  const value = Buffer.alloc(4);
  value.writeUInt32BE(Number(reflectedCrc(Buffer.from(data), 0x82f63b78n, 32n)));
  return value.toString('base64');
};

export const crc64nvme = (data: string | Uint8Array): string => {
  const value = Buffer.alloc(8);
  value.writeBigUInt64BE(reflectedCrc(Buffer.from(data), 0x9a6c9329ac4bc9b5n, 64n));
  return value.toString('base64');
};

const reflectedCrc = (data: Buffer, polynomial: bigint, bits: bigint): bigint => {
  const ones = (1n << bits) - 1n;
  let crc = ones;
  for (const byte of data) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1n ? (crc >> 1n) ^ polynomial : crc >> 1n;
  }
  return crc ^ ones;
};

export const sha256Hex = (data: string): string => createHash('sha256').update(data).digest('hex');
