import { base64BlockBytes } from '../limits.ts';

/** Characters of the base64 text of `sizeBytes` bytes, padding included. */
export const base64Length = (sizeBytes: number): number => Math.ceil(sizeBytes / 3) * 4;

// Sources give what they have, often 16 KB at a time: fewer and larger pieces cost the connection less than the copy.

interface Blocks {
  readonly bytes: Buffer;
  readonly text: Buffer;
}

/** Buffers of files that were sent completely, for the next ones. */
const spare: Blocks[] = [];

const newBlocks = (): Blocks => ({
  bytes: Buffer.allocUnsafeSlow(base64BlockBytes),
  text: Buffer.allocUnsafeSlow(base64Length(base64BlockBytes)),
});

/**
 * Base64 text of a stream of bytes, piece by piece; the pieces concatenate to the text of the whole.
 * A piece is valid until the next one is requested, because all of them use the same buffer. As strings they would stay
 * in memory while the system sends them, and after a hundred megabytes the heap would have grown to hold them.
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
  // Not after a failure: a connection that is being closed might still send from there.
  spare.push(blocks);
}
