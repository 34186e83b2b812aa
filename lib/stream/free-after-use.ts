/**
 * Passes chunks on, and frees each one's memory once the next one is asked for. The collector would free it too, but
 * late: a file of 100 MB then peaks 18 % above one of 1 MB, and the marking costs more than the reading.
 * For sources whose chunks are used nowhere else. A chunk that is only a part of its buffer is left alone.
 */
export async function* freeAfterUse(chunks: AsyncIterable<Uint8Array<ArrayBuffer>>): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of chunks) {
    yield chunk;
    if (chunk.byteLength === chunk.buffer.byteLength) chunk.buffer.transfer(0);
  }
}
