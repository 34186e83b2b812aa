import { readdir } from 'node:fs/promises';
import path from 'node:path';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import type { CreatedObject } from '../../../../../infra/local/aws/events/s3-notification.ts';
import { sendRaw } from '../../../../fakes/raw-s3.ts';
import { startTestS3 } from '../../../../fakes/s3-test-server.ts';
import { temporaryFolder } from '../../../../fakes/temporary-folder.ts';

/** Only what `test/proof/conformance/s3/multipart.ts` does not check: files on the disk, events, and parts that change. */

const mib = 1024 * 1024;
const at = { Bucket: 'cvs', Key: 'a/parts.bin' };
/** 5 MiB of "a", then "end". */
const [first, last] = [Buffer.alloc(5 * mib, 'a'), Buffer.from('end')];

/** Computed in Python, with hashlib and zlib. */
const etag = '"cc8f6f16b44b75adde6349ab98aee432-2"';
const compositeCrc32 = 'gJQ79w==-2';

const start = async () => {
  const folder = await temporaryFolder();
  const told: CreatedObject[] = [];
  const { server, client } = await startTestS3(folder, (object) => told.push(object));
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ ...at, ChecksumAlgorithm: 'CRC32' }));
  const part = async (PartNumber: number, Body: Buffer, options = {}): Promise<CompletedPart> => {
    const sent = await client.send(new UploadPartCommand({ ...at, UploadId, PartNumber, Body, ...options }));
    return { PartNumber, ETag: sent.ETag, ChecksumCRC32: sent.ChecksumCRC32 };
  };
  const complete = (Parts: CompletedPart[]) =>
    client.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }));
  const kept = async () => (await readdir(path.join(folder, 'data'))).length;
  return { url: server.url, client, told, UploadId, part, complete, kept };
};

test('a multipart upload is reported once, when it is complete, and leaves one file', async () => {
  const { told, part, complete, kept } = await start();
  const parts = [await part(1, Buffer.from('replaced')), await part(3, last), await part(1, first)].slice(1).reverse();
  expect(told).toEqual([]);
  const done = await complete(parts);
  expect(done).toMatchObject({ ETag: etag, ChecksumCRC32: compositeCrc32, ChecksumType: 'COMPOSITE' });
  expect(told).toMatchObject([{ eventName: 'ObjectCreated:CompleteMultipartUpload', sizeBytes: 5 * mib + 3 }]);
  expect(await kept()).toBe(1);
  await expect(complete(parts)).rejects.toMatchObject({ name: 'NoSuchUpload' });
});

test.each([
  ['out of order', (parts: CompletedPart[]) => parts.toReversed(), 'InvalidPartOrder'],
  ['with another checksum', ([one]: CompletedPart[]) => [{ ...one, ChecksumCRC32: 'AAAAAA==' }], 'InvalidPart'],
  ['without a checksum', ([one]: CompletedPart[]) => [{ PartNumber: 1, ETag: one?.ETag }], 'InvalidRequest'],
])(
  'completing a multipart upload with parts %s creates no object, and the upload stays open',
  async (_, change, name) => {
    const { client, part, complete, told } = await start();
    const parts = [await part(1, first), await part(2, last)];
    await expect(complete(change(parts) as CompletedPart[])).rejects.toMatchObject({ name });
    expect((await client.send(new ListObjectsV2Command({ Bucket: 'cvs' }))).KeyCount).toBe(0);
    expect(told).toEqual([]);
    await expect(complete(parts)).resolves.toMatchObject({ ETag: etag });
  },
);

test('a part whose checksum differs from that of its upload, or whose range is outside its source, is refused', async () => {
  const { client, UploadId, part } = await start();
  await expect(part(1, last, { ChecksumAlgorithm: 'SHA256' })).rejects.toMatchObject({ name: 'InvalidRequest' });
  await client.send(new PutObjectCommand({ Bucket: 'cvs', Key: 'source', Body: 'hello' }));
  const range = { CopySource: 'cvs/source', CopySourceRange: 'bytes=3-5' };
  const copied = client.send(new UploadPartCopyCommand({ ...at, UploadId, PartNumber: 1, ...range }));
  await expect(copied).rejects.toMatchObject({ name: 'InvalidArgument' });
});

test('an aborted multipart upload leaves no file of a part', async () => {
  const { client, UploadId, part, kept } = await start();
  await part(1, last);
  await client.send(new AbortMultipartUploadCommand({ ...at, UploadId }));
  expect(await kept()).toBe(0);
  await expect(part(1, last)).rejects.toMatchObject({ name: 'NoSuchUpload' });
  expect(await kept()).toBe(0);
});

test('a bucket without objects can be deleted, and its open multipart uploads with it', async () => {
  const { client, part, kept } = await start();
  await part(1, last);
  await client.send(new DeleteBucketCommand({ Bucket: 'cvs' }));
  expect(await kept()).toBe(0);
  await expect(part(2, last)).rejects.toMatchObject({ name: 'NoSuchBucket' });
});

test.each<[string, string, (world: Awaited<ReturnType<typeof start>>) => Promise<unknown>]>([
  ['replaced', 'InvalidPart', ({ part }) => part(2, Buffer.from('other'))],
  [
    'deleted by an abort',
    'NoSuchUpload',
    ({ client, UploadId }) => client.send(new AbortMultipartUploadCommand({ ...at, UploadId })),
  ],
])('completing a multipart upload while a part is %s answers %s, and creates no object', async (_, name, change) => {
  const world = await start();
  const parts = [await world.part(1, Buffer.alloc(40 * mib)), await world.part(2, last)];
  const completed = world.complete(parts);
  // At this point the completion copies the first part into a new file.
  await expect.poll(world.kept, { interval: 1 }).toBe(3);
  await change(world);
  await expect(completed).rejects.toMatchObject({ name });
  expect(world.told).toEqual([]);
});

test.each([
  ['GET', 'a list of parts whose start is not a number', '&part-number-marker=abc', '', 'InvalidArgument'],
  ['POST', 'a completion with another document', '', '<Other/>', 'MalformedXML'],
])('%s: %s is refused', async (method, _, query, body, code) => {
  const { url, UploadId } = await start();
  const target = `${method} /cvs/a/parts.bin?uploadId=${UploadId}${query} HTTP/1.1`;
  const head = [target, 'Connection: close', `Content-Length: ${body.length}`];
  expect(await sendRaw(url, head, body)).toMatchObject({ status: 400, code });
});
