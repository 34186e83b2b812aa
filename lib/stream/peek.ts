/**
 * Reads at least `wantedBytes`, or to the end, and returns them together with the whole stream. The bytes that were
 * read ahead are copied, because the source may reuse its memory for the next chunk.
 */
export const peek = async (
  source: AsyncIterable<Uint8Array>,
  wantedBytes: number,
): Promise<{ head: Uint8Array; chunks: AsyncIterable<Uint8Array> }> => {
  const iterator = source[Symbol.asyncIterator]();
  let ahead: Uint8Array = new Uint8Array();
  for (let over = false; !over && ahead.byteLength < wantedBytes; ) {
    const kept = Buffer.from(ahead);
    const next = await iterator.next();
    over = next.done === true;
    ahead = next.done ? kept : kept.byteLength === 0 ? next.value : Buffer.concat([kept, next.value]);
  }
  async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    if (ahead.byteLength > 0) yield ahead;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  }
  return { head: ahead.subarray(0, wantedBytes), chunks: chunks() };
};
