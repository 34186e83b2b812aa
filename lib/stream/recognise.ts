import type { FileContent } from '../upload/file-content.ts';
import type { StoredObject } from '../upload/storage.ts';
import { startDigest } from './checksum.ts';

/** An object's bytes, and the checksum that will identify them at the target. */
export interface Recognised {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Known from the start if S3 has a checksum, otherwise once every chunk was read. */
  content(): FileContent | undefined;
}

/**
 * Computes a checksum only if S3 has none that identifies the bytes (for example, a multipart object with only a
 * CRC32), because that costs CPU time for every byte.
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
