import type { FileContent } from '../upload/file-content.ts';
import type { StoredObject } from '../upload/storage.ts';
import { startDigest } from './checksum.ts';

/** The bytes of an object, and the checksum by which they will be recognised at the target. */
export interface Recognised {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Known from the start where S3 has a checksum, else once every chunk has been read. */
  content(): FileContent | undefined;
}

/**
 * Computes a checksum only where S3 has none that identifies the bytes, for example of an object that was uploaded in parts
 * and has only a CRC32: computing one costs CPU for every byte.
 */
export const recognise = (
  chunks: AsyncIterable<Uint8Array>,
  { sizeBytes, identity }: Pick<StoredObject, 'sizeBytes' | 'identity'>,
): Recognised => {
  if (identity) return { chunks, content: () => ({ sizeBytes, checksum: identity }) };
  let computed: FileContent | undefined;
  async function* digested(): AsyncGenerator<Uint8Array, void, undefined> {
    const digest = startDigest('CRC64NVME');
    for await (const chunk of chunks) {
      digest.update(chunk);
      yield chunk;
    }
    computed = { sizeBytes, checksum: { algorithm: 'CRC64NVME', value: digest.value() } };
  }
  return { chunks: digested(), content: () => computed };
};
