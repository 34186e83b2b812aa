/** Characters of the base64 text of so many bytes, padding included. */
export const base64Length = (sizeBytes: number): number => Math.ceil(sizeBytes / 3) * 4;

/**
 * A multiple of three, so that no block but the last ends in padding. Sources give what they have, often 16 KB at a
 * time: fewer and larger pieces cost the connection less than the copy into the block.
 */
const blockBytes = 48 * 1024;

/**
 * Base64 text of a stream of bytes, piece by piece; the pieces concatenate to the text of the whole.
 * A piece holds until the next one is asked for: all stand in the same place, one after the other. As strings they would
 * live on while the system takes them, and after a hundred megabytes the heap would have grown to hold them.
 */
export async function* base64(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void, undefined> {
  const block = Buffer.allocUnsafeSlow(blockBytes);
  const text = Buffer.allocUnsafeSlow(base64Length(blockBytes));
  let filled = 0;
  for await (const chunk of chunks) {
    for (let taken = 0; taken < chunk.byteLength; ) {
      const part = chunk.subarray(taken, taken + blockBytes - filled);
      block.set(part, filled);
      taken += part.byteLength;
      filled += part.byteLength;
      if (filled < blockBytes) continue;
      text.write(block.toString('base64'), 'latin1');
      yield text;
      filled = 0;
    }
  }
  if (filled > 0) yield text.subarray(0, text.write(block.toString('base64', 0, filled), 'latin1'));
}
