import { expect, test } from 'vitest';
import { peek } from '../../../lib/stream/peek.ts';
import { chunksOf, collect, thenFailure } from '../../fakes/chunks.ts';

test('peeking returns the first bytes and the whole stream', async () => {
  const { head, chunks } = await peek(chunksOf('fo', 'ob', 'ar', '!'), 3);
  expect(Buffer.from(head).toString()).toBe('foo');
  expect((await collect(chunks)).toString()).toBe('foobar!');
});

test('peeking at a shorter stream returns fewer bytes', async () => {
  const { head, chunks } = await peek(chunksOf('fo', 'o'), 100);
  expect(Buffer.from(head).toString()).toBe('foo');
  expect((await collect(chunks)).toString()).toBe('foo');
});

test('peeking at an empty stream returns no bytes', async () => {
  const { head, chunks } = await peek(chunksOf(), 100);
  expect(head).toHaveLength(0);
  expect(await collect(chunks)).toHaveLength(0);
});

test('peeking reads no chunk more than it needs', async () => {
  let given = 0;
  async function* source(): AsyncGenerator<Uint8Array> {
    for (;;) {
      given += 1;
      yield new Uint8Array(10);
    }
  }
  await peek(source(), 25);
  expect(given).toBe(3);
});

test('peeking passes on the same chunks, without copying them', async () => {
  const chunk = Buffer.from('foobar');
  const { chunks } = await peek(chunksOf(chunk), 3);
  for await (const passed of chunks) expect(passed).toBe(chunk);
});

test('peeking keeps the bytes that it read ahead when the source reuses its memory', async () => {
  async function* source(): AsyncGenerator<Uint8Array> {
    const memory = Buffer.alloc(3);
    for (const text of ['foo', 'bar', 'baz']) {
      memory.write(text);
      yield memory;
    }
  }
  const { head, chunks } = await peek(source(), 4);
  expect(Buffer.from(head).toString()).toBe('foob');
  expect((await collect(chunks)).toString()).toBe('foobarbaz');
});

test('peeking fails immediately when the source fails early, and later when it fails late', async () => {
  await expect(peek(thenFailure(new Error('early'), 'fo'), 3)).rejects.toThrow('early');
  const { chunks } = await peek(thenFailure(new Error('late'), 'foobar'), 3);
  await expect(collect(chunks)).rejects.toThrow('late');
});
