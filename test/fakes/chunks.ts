import { setImmediate } from 'node:timers/promises';
import { randomFrom as seeded } from '../proof/simulation/random.ts';

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

/** Gives the chunks, then hangs. */
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

/** Reproducible whole numbers from 0 to below a bound. */
export const randomFrom = (seed: number): ((bound: number) => number) => seeded(seed).below;
