import { setImmediate } from 'node:timers/promises';

/** Sources of bytes for tests. */

export async function* chunksOf(...chunks: readonly (Uint8Array | string)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

/** 64 KB at a time with other events in between, as a socket gives them. */
export async function* asFromASocket(file: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.length; at += 65_536) {
    await setImmediate();
    yield file.subarray(at, at + 65_536);
  }
}

/** Gives the chunks, then never anything again. */
export async function* thenSilence(...chunks: readonly (Uint8Array | string)[]): AsyncGenerator<Uint8Array> {
  yield* chunksOf(...chunks);
  await new Promise(() => undefined);
}

/** Gives the chunks, then breaks. */
export async function* thenFailure(
  error: Error,
  ...chunks: readonly (Uint8Array | string)[]
): AsyncGenerator<Uint8Array> {
  yield* chunksOf(...chunks);
  throw error;
}

export const collect = async (chunks: AsyncIterable<string | Uint8Array>): Promise<Buffer> => {
  const pieces: Buffer[] = [];
  for await (const chunk of chunks) {
    pieces.push(typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : Buffer.from(chunk));
  }
  return Buffer.concat(pieces);
};

/** Reproducible pseudo-random integers in [0, below), after Mulberry32. */
export const randomFrom = (seed: number): ((below: number) => number) => {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
};
