import { expect, test } from 'vitest';
import { checksumOf } from '../../../lib/stream/checksum.ts';
import { verify } from '../../../lib/stream/verify.ts';
import { chunksOf, collect } from '../../fakes/chunks.ts';

const md5OfFoobar = checksumOf({ etag: '3858f62230ac3c915f300c664312c63f' });

test('bytes with the announced size and checksum are passed on', async () => {
  const bytes = await collect(verify(chunksOf('foo', '', 'bar'), 6, md5OfFoobar));
  expect(bytes.toString()).toBe('foobar');
});

test('without a checksum only the size is verified', async () => {
  const bytes = await collect(verify(chunksOf('foobar'), 6, undefined));
  expect(bytes.toString()).toBe('foobar');
});

test('a stream with missing bytes ends with an error', async () => {
  const reading = collect(verify(chunksOf('foo', 'ba'), 6, undefined));
  await expect(reading).rejects.toMatchObject({ code: 'SOURCE_SHORT', message: 'S3 sent 5 of 6 bytes.' });
});

test('a stream without any bytes ends with an error', async () => {
  const reading = collect(verify(chunksOf(), 6, md5OfFoobar));
  await expect(reading).rejects.toMatchObject({ code: 'SOURCE_SHORT', message: 'S3 sent 0 of 6 bytes.' });
});

test('a chunk beyond the announced size is not passed on', async () => {
  const source = verify(chunksOf('foo', 'barn'), 6, undefined);
  expect((await source.next()).value).toEqual(Buffer.from('foo'));
  await expect(source.next()).rejects.toMatchObject({ code: 'SOURCE_SHORT' });
});

test('a stream with another checksum ends with an error', async () => {
  const reading = collect(verify(chunksOf('foo', 'baz'), 6, md5OfFoobar));
  await expect(reading).rejects.toMatchObject({ code: 'SOURCE_CORRUPT', message: 'The MD5 checksum differs.' });
});
