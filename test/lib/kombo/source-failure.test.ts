import { expect, test } from 'vitest';
import { type Clock, systemClock } from '../../../lib/clock.ts';
import { attachmentBody } from '../../../lib/kombo/attachment-request.ts';
import type { AttachAnswer } from '../../../lib/kombo/client.ts';
import { type ChecksumFacts, checksumOf } from '../../../lib/stream/checksum.ts';
import { stopWhenStalled } from '../../../lib/stream/stall-timeout.ts';
import { verify } from '../../../lib/stream/verify.ts';
import { chunksOf, thenFailure, thenSilence } from '../../fakes/chunks.ts';
import { candidate, clientOf, facts, inTime } from '../../fakes/kombo-caller.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import { type RawServer, rawServer } from '../../fakes/raw-server.ts';

/** The rule behind all these tests: a source that is not read to its verified end never becomes a complete request. */

interface Source {
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly sizeBytes: number;
  readonly checksum?: Partial<ChecksumFacts>;
  readonly stallMs?: number;
  readonly clock?: Clock;
}

const send = (server: RawServer, source: Source): Promise<AttachAnswer> => {
  const { chunks, sizeBytes, checksum, stallMs = 10_000, clock = systemClock } = source;
  const deadline = inTime(clock);
  const expected = checksum && checksumOf({ etag: 'none', ...checksum });
  const checked = verify(stopWhenStalled(chunks, stallMs, deadline, clock), sizeBytes, expected);
  return clientOf(server.url, clock).attach(candidate, attachmentBody(facts, sizeBytes, checked), deadline);
};

const expectNothingDelivered = async (server: RawServer): Promise<void> => {
  await server.deserted();
  expect(server.requests.map(({ complete }) => complete)).toEqual([false]);
};

/** Large enough that most of it is sent before the end is known. */
const file = Buffer.alloc(400_000, 'Frank Doe, carpenter. ');

test.each([
  ['a byte is missing', file.subarray(1), file.length],
  ['half is missing', file.subarray(0, 200_000), file.length],
  ['a small file is empty', Buffer.alloc(0), 1],
])('nothing is delivered when %s', async (_, bytes, sizeBytes) => {
  const server = await rawServer();
  const sending = send(server, { chunks: chunksOf(bytes), sizeBytes });
  await expect(sending).rejects.toMatchObject({ name: 'SourceError', code: 'SOURCE_SHORT' });
  await expectNothingDelivered(server);
});

test.each([
  ['in the same chunk', [Buffer.concat([file, Buffer.from('!')])]],
  ['in its own chunk', [file, Buffer.from('!')]],
])('nothing is delivered when there is a byte too many, %s', async (_, chunks) => {
  const server = await rawServer();
  const sending = send(server, { chunks: chunksOf(...chunks), sizeBytes: file.length });
  await expect(sending).rejects.toMatchObject({ code: 'SOURCE_SHORT' });
  await expectNothingDelivered(server);
});

test.each<[string, Partial<ChecksumFacts>]>([
  ['CRC32', { crc32: 'AAAAAA==' }],
  ['CRC64NVME', { crc64nvme: 'AAAAAAAAAAA=' }],
  ['SHA1', { sha1: 'qZk+NkcGgWq6PiVxeFDCbJzQ2J0=' }],
  ['SHA256', { sha256: 'ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=' }],
  ['MD5', { etag: '900150983cd24fb0d6963f7d28e17f72' }],
])('nothing is delivered when the %s checksum of the source differs', async (algorithm, checksum) => {
  const server = await rawServer();
  const sending = send(server, { chunks: chunksOf(file), sizeBytes: file.length, checksum });
  await expect(sending).rejects.toMatchObject({
    code: 'SOURCE_CORRUPT',
    message: `The ${algorithm} checksum differs.`,
  });
  await expectNothingDelivered(server);
});

test.each<[string, Partial<ChecksumFacts>]>([
  ['of a multipart upload', { etag: '900150983cd24fb0d6963f7d28e17f72-3' }],
  ['under encryption by KMS', { etag: '900150983cd24fb0d6963f7d28e17f72', encryption: 'aws:kms' }],
  ['with a checksum of part checksums', { crc32: 'AAAAAA==', type: 'COMPOSITE' }],
])('an ETag or checksum that does not cover the bytes stops no delivery: %s', async (_, checksum) => {
  const server = await rawServer();
  const answer = await send(server, { chunks: chunksOf(file), sizeBytes: file.length, checksum });
  expect(answer).toMatchObject({ ok: true });
  expect(server.requests.map(({ complete }) => complete)).toEqual([true]);
});

test('nothing is delivered when the source breaks off, however late', async () => {
  const server = await rawServer();
  const chunks = thenFailure(new Error('read ECONNRESET'), file);
  await expect(send(server, { chunks, sizeBytes: file.length })).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
  await expectNothingDelivered(server);
});

test('nothing is delivered when the source stalls', async () => {
  const server = await rawServer();
  const sending = send(server, { chunks: thenSilence(file), sizeBytes: file.length, stallMs: 50 });
  await expect(sending).rejects.toMatchObject({ code: 'SOURCE_STALLED' });
  await expectNothingDelivered(server);
});

test('nothing is delivered when the deadline passes while the source stalls', async () => {
  const clock = manualClock();
  const server = await rawServer({
    piece: ({ request }) => {
      if (request.body.length > 500_000) clock.advance(20_000);
    },
  });
  const outcome = await send(server, {
    chunks: thenSilence(file),
    sizeBytes: file.length,
    stallMs: 60_000,
    clock,
  }).then(
    (answer) => (answer.ok ? 'delivered' : answer.failure.code),
    (error) => error.code,
  );
  expect(outcome).toBe('OUT_OF_TIME');
  await expectNothingDelivered(server);
});
