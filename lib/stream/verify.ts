import { type Checksum, startDigest } from './checksum.ts';
import { SourceError } from './source-error.ts';

/**
 * Passes chunks on, and ends without an error only if length and checksum match the object. All chunks have been passed
 * on by then, so the caller must withhold its own last bytes until this has ended.
 * @throws {SourceError} SOURCE_SHORT for a wrong length, SOURCE_CORRUPT for a wrong checksum
 */
export async function* verify(
  chunks: AsyncIterable<Uint8Array>,
  sizeBytes: number,
  checksum: Checksum | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const digest = checksum && startDigest(checksum.algorithm);
  let seenBytes = 0;
  for await (const chunk of chunks) {
    seenBytes += chunk.byteLength;
    if (seenBytes > sizeBytes)
      throw new SourceError('SOURCE_SHORT', `S3 sent more than the ${sizeBytes} bytes it announced.`);
    digest?.update(chunk);
    yield chunk;
  }
  if (seenBytes < sizeBytes) throw new SourceError('SOURCE_SHORT', `S3 sent ${seenBytes} of ${sizeBytes} bytes.`);
  if (digest && digest.value() !== checksum?.value)
    throw new SourceError('SOURCE_CORRUPT', `The ${checksum?.algorithm} checksum differs.`);
}
