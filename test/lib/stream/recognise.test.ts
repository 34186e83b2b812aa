import { expect, test } from 'vitest';
import { startDigest } from '../../../lib/stream/checksum.ts';
import { recognise } from '../../../lib/stream/recognise.ts';
import { chunksOf, collect } from '../../fakes/chunks.ts';

const foobar = 'foobar';
const identity = { algorithm: 'MD5', value: '3858f62230ac3c915f300c664312c63f' } as const;

test('a file with an S3 checksum is recognised before a byte is read', () => {
  const { content } = recognise(chunksOf(foobar), { sizeBytes: 6, identity });
  expect(content()).toEqual({ sizeBytes: 6, checksum: identity });
});

test('a file without an S3 checksum gets a computed one, which is known only after the last byte', async () => {
  const { chunks, content } = recognise(chunksOf('foo', 'bar'), { sizeBytes: 6 });
  expect(content()).toBeUndefined();
  expect((await collect(chunks)).toString()).toBe(foobar);
  const digest = startDigest('CRC64NVME');
  digest.update(Buffer.from(foobar));
  expect(content()).toEqual({ sizeBytes: 6, checksum: { algorithm: 'CRC64NVME', value: digest.value() } });
});
