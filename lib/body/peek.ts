/**
 * Reads until at least `wantedBytes` are there, or the end, and gives them back together with the whole stream.
 * What was read ahead is passed on unchanged, chunk by chunk, when `chunks` is read.
 */
export const peek = async (
  source: AsyncIterable<Uint8Array>,
  wantedBytes: number,
): Promise<{ head: Uint8Array; chunks: AsyncIterable<Uint8Array> }> => {
  const iterator = source[Symbol.asyncIterator]();
  const ahead: Uint8Array[] = [];
  let aheadBytes = 0;
  while (aheadBytes < wantedBytes) {
    const next = await iterator.next();
    if (next.done) break;
    ahead.push(next.value);
    aheadBytes += next.value.byteLength;
  }
  async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    yield* ahead.splice(0);
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  }
  return { head: Buffer.concat(ahead).subarray(0, wantedBytes), chunks: chunks() };
};
