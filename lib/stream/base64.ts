import { base64BlockBytes } from '../limits.ts';

/** Length of the base64 text of `sizeBytes` bytes, including padding. */
export const base64Length = (sizeBytes: number): number => Math.ceil(sizeBytes / 3) * 4;

// Sources deliver small chunks, often 16 KB. Copying them into larger blocks costs less than sending many small pieces.

interface Blocks {
  readonly bytes: Buffer;
  readonly text: Buffer;
}

/** Buffers of completely sent files, reused for the next ones. */
const spare: Blocks[] = [];

const newBlocks = (): Blocks => ({
  bytes: Buffer.allocUnsafeSlow(base64BlockBytes),
  text: Buffer.allocUnsafeSlow(base64Length(base64BlockBytes)),
});

/**
 * The base64 text of a stream of bytes, in pieces. A piece is valid only until the next one is requested, because all
 * pieces share one buffer. Strings would stay in memory while the system sends them, and the heap would grow with the
 * file.
 */
export async function* base64(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void, undefined> {
  const blocks = spare.pop() ?? newBlocks();
  const { bytes, text } = blocks;
  let filled = 0;
  for await (const chunk of chunks) {
    for (let taken = 0; taken < chunk.byteLength; ) {
      const part = chunk.subarray(taken, taken + base64BlockBytes - filled);
      bytes.set(part, filled);
      taken += part.byteLength;
      filled += part.byteLength;
      if (filled < base64BlockBytes) continue;
      text.write(bytes.toString('base64'), 'latin1');
      yield text;
      filled = 0;
    }
  }
  if (filled > 0) yield text.subarray(0, text.write(bytes.toString('base64', 0, filled), 'latin1'));
  // Not reused after a failure, because a closing connection might still send from it.
  spare.push(blocks);
}
