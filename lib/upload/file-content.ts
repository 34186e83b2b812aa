import type { Checksum } from '../stream/checksum.ts';

/** By what the bytes of a file are recognised: files of the same length and checksum are the same. */
export interface FileContent {
  readonly sizeBytes: number;
  /** Never a CRC32, see `identityOf`. */
  readonly checksum: Checksum;
}

export const sameContent = (a: FileContent, b: FileContent): boolean =>
  a.sizeBytes === b.sizeBytes && a.checksum.algorithm === b.checksum.algorithm && a.checksum.value === b.checksum.value;
