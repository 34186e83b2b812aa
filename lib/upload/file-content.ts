import type { Checksum } from '../stream/checksum.ts';
import type { Upload } from './upload.ts';

/** Identifies the bytes of a file: files with the same length and checksum are the same. */
export interface FileContent {
  readonly sizeBytes: number;
  /** Never a CRC32, see `identityOf`. */
  readonly checksum: Checksum;
}

export const sameContent = (a: FileContent, b: FileContent): boolean =>
  a.sizeBytes === b.sizeBytes && a.checksum.algorithm === b.checksum.algorithm && a.checksum.value === b.checksum.value;

/**
 * Most ETags are the MD5 of the object, so bytes with that MD5 are its bytes. Other bytes prove nothing, because some
 * ETags are not an MD5.
 */
export const contentByEntityTag = ({ etag, sizeBytes }: Upload): FileContent | undefined =>
  sizeBytes !== undefined && /^[0-9a-f]{32}$/.test(etag)
    ? { sizeBytes, checksum: { algorithm: 'MD5', value: etag } }
    : undefined;
