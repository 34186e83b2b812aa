import { expect, test } from 'vitest';
import { base64, base64Length } from '../../../lib/stream/base64.ts';
import { chunksOf, collect, randomFrom } from '../../fakes/chunks.ts';

const textOf = async (...chunks: readonly (Uint8Array | string)[]): Promise<string> =>
  (await collect(base64(chunksOf(...chunks)))).toString('latin1');

test.each([
  ['', ''],
  ['f', 'Zg=='],
  ['fo', 'Zm8='],
  ['foo', 'Zm9v'],
  ['foob', 'Zm9vYg=='],
  ['fooba', 'Zm9vYmE='],
  ['foobar', 'Zm9vYmFy'],
])('base64 encodes %j as in RFC 4648', async (bytes, text) => {
  expect(await textOf(bytes)).toBe(text);
  expect(base64Length(bytes.length)).toBe(text.length);
});

test.each([
  [['f', 'o', 'o', 'b', 'a', 'r']],
  [['fo', 'ob', 'ar']],
  [['', 'foo', '', 'b', '', '', 'ar', '']],
  [['f', 'oob', 'ar']],
  [['foob', 'ar']],
])('base64 gives the same text however the chunks are cut: %j', async (chunks) => {
  expect(await textOf(...chunks)).toBe('Zm9vYmFy');
});

test.each([49_151, 49_152, 49_153, 98_304, 98_305])(
  'base64 has padding only at the end of %i bytes',
  async (sizeBytes) => {
    const bytes = Buffer.alloc(sizeBytes, 0xa5);
    const text = await textOf(bytes.subarray(0, 20_000), bytes.subarray(20_000));
    expect(text).toBe(bytes.toString('base64'));
    expect(text).toHaveLength(base64Length(sizeBytes));
  },
);

test('base64 returns a full piece without waiting for a second chunk', async () => {
  const pieces = base64(chunksOf(new Uint8Array(50_000), new Uint8Array(50_000)));
  expect((await pieces.next()).value).toHaveLength(65_536);
});

test('base64 does not change the chunks', async () => {
  const chunk = Buffer.from('Frank Doe, carpenter');
  await textOf(chunk, chunk);
  expect(chunk.toString()).toBe('Frank Doe, carpenter');
});

test('base64 encodes 300 random files cut at random places like the text of the whole file', async () => {
  const below = randomFrom(4648);
  for (let round = 0; round < 300; round += 1) {
    const bytes = Buffer.from(Array.from({ length: below(400) }, () => below(256)));
    const chunks: Buffer[] = [];
    for (let at = 0; at < bytes.length; ) {
      const end = at + below(5);
      chunks.push(bytes.subarray(at, end));
      at = end;
    }
    expect(await textOf(...chunks)).toBe(bytes.toString('base64'));
  }
});

test('base64 of two concurrent files does not mix their memory', async () => {
  const [first, second] = [Buffer.alloc(60_000, 'a'), Buffer.alloc(60_000, 'b')];
  const [ofFirst, ofSecond] = [base64(chunksOf(first)), base64(chunksOf(second))];
  const pieces = [(await ofFirst.next()).value, (await ofSecond.next()).value];
  expect(pieces.map((piece) => piece?.toString('latin1', 0, 4))).toEqual(['YWFh', 'YmJi']);
  await Promise.all([ofFirst.return(), ofSecond.return()]);
});

test('base64 reuses its memory only after a file that was read to its end', async () => {
  const file = (): AsyncGenerator<Uint8Array> => chunksOf(new Uint8Array(60_000));
  const memoryOf = async (pieces: AsyncGenerator<Buffer>): Promise<unknown> => (await pieces.next()).value.buffer;

  const broken = base64(file());
  const ofTheBroken = await memoryOf(broken);
  await broken.return(undefined);
  const whole = base64(file());
  const ofTheWhole = await memoryOf(whole);
  expect(ofTheWhole).not.toBe(ofTheBroken);

  for await (const _ of whole);
  expect(await memoryOf(base64(file()))).toBe(ofTheWhole);
});
