import { expect, test } from 'vitest';
import { freeAfterUse } from '../../../lib/stream/free-after-use.ts';
import { collect } from '../../fakes/chunks.ts';

async function* source(...chunks: readonly Buffer<ArrayBuffer>[]): AsyncGenerator<Buffer<ArrayBuffer>> {
  yield* chunks;
}

const owned = (text: string): Buffer<ArrayBuffer> => {
  const buffer = Buffer.allocUnsafeSlow(text.length);
  buffer.write(text);
  return buffer;
};

test('freeing chunks after use passes on all bytes', async () => {
  expect((await collect(freeAfterUse(source(owned('foo'), owned('bar'))))).toString()).toBe('foobar');
});

test('a chunk is freed when the next one is requested, not before', async () => {
  const [first, second] = [owned('foo'), owned('bar')];
  const chunks = freeAfterUse(source(first, second));
  await chunks.next();
  expect(first.toString()).toBe('foo');
  expect((await chunks.next()).value).toBe(second);
  expect(first).toHaveLength(0);
  expect(second.toString()).toBe('bar');
  await chunks.next();
  expect(second).toHaveLength(0);
});

test('a chunk that shares its memory with others is not freed', async () => {
  const neighbours = owned('foobar');
  await collect(freeAfterUse(source(neighbours.subarray(0, 3))));
  expect(neighbours.toString()).toBe('foobar');
});

test('freeing chunks ends the source when reading stops early', async () => {
  let ended = false;
  async function* endless(): AsyncGenerator<Buffer<ArrayBuffer>> {
    try {
      for (;;) yield owned('foo');
    } finally {
      ended = true;
    }
  }
  for await (const _ of freeAfterUse(endless())) break;
  expect(ended).toBe(true);
});

test('freeing chunks passes on the failure of the source', async () => {
  await expect(collect(freeAfterUse(thatFails()))).rejects.toThrow('gone');
  async function* thatFails(): AsyncGenerator<Buffer<ArrayBuffer>> {
    yield owned('foo');
    throw new Error('gone');
  }
});
