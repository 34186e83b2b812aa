import { readdir } from 'node:fs/promises';
import path from 'node:path';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import type { CreatedObject } from '../../../../../infra/local/aws/events/s3-notification.ts';
import { sendRaw } from '../../../../fakes/raw-s3.ts';
import { startTestS3 } from '../../../../fakes/s3-test-server.ts';
import { temporaryFolder } from '../../../../fakes/temporary-folder.ts';

const mib = 1024 * 1024;
const at = { Bucket: 'cvs', Key: 'a/parts.bin' };
/** 5 MiB of "a", then "end". */
const [first, last] = [Buffer.alloc(5 * mib, 'a'), Buffer.from('end')];

/** Computed in Python, with hashlib and zlib. */
const etag = '"cc8f6f16b44b75adde6349ab98aee432-2"';
const compositeCrc32 = 'gJQ79w==-2';
const fullCrc32 = 'JZ3nOw==';

const start = async (more: object = { ChecksumAlgorithm: 'CRC32' }) => {
  const folder = await temporaryFolder();
  const told: CreatedObject[] = [];
  const { server, client } = await startTestS3(folder, (object) => told.push(object));
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ ...at, ContentType: 'text/plain', ...more }),
  );
  const part = async (PartNumber: number, Body: Buffer, options = {}): Promise<CompletedPart> => {
    const sent = await client.send(new UploadPartCommand({ ...at, UploadId, PartNumber, Body, ...options }));
    const { ETag, ChecksumCRC32, ChecksumSHA256 } = sent;
    return {
      PartNumber,
      ...(ETag && { ETag }),
      ...(ChecksumCRC32 && { ChecksumCRC32 }),
      ...(ChecksumSHA256 && { ChecksumSHA256 }),
    };
  };
  const complete = (Parts: CompletedPart[], options = {}) =>
    client.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts }, ...options }));
  const kept = async () => (await readdir(path.join(folder, 'data'))).length;
  return { url: server.url, client, told, UploadId, part, complete, kept };
};

test('parts become one object with the MD5 of their MD5s and a composite checksum, and nothing else stays', async () => {
  const { client, told, UploadId, part, complete, kept } = await start();
  const parts = [await part(1, Buffer.from('replaced')), await part(3, last), await part(1, first)].slice(1).reverse();
  expect((await client.send(new ListObjectsV2Command({ Bucket: 'cvs' }))).KeyCount).toBe(0);
  const listed = await client.send(new ListPartsCommand({ ...at, UploadId }));
  expect(listed.Parts).toMatchObject([
    { PartNumber: 1, Size: 5 * mib },
    { PartNumber: 3, Size: 3 },
  ]);
  const { Uploads } = await client.send(new ListMultipartUploadsCommand({ Bucket: 'cvs' }));
  expect(Uploads).toMatchObject([{ Key: at.Key, UploadId }]);

  const done = await complete(parts);
  expect(done).toMatchObject({ ETag: etag, ChecksumCRC32: compositeCrc32, ChecksumType: 'COMPOSITE' });
  const read = await client.send(new GetObjectCommand(at));
  const bytes = Buffer.from((await read.Body?.transformToByteArray()) ?? []);
  expect(bytes.equals(Buffer.concat([first, last]))).toBe(true);
  expect([read.ContentType, await kept()]).toEqual(['text/plain', 1]);
  expect(told).toMatchObject([{ eventName: 'ObjectCreated:CompleteMultipartUpload', sizeBytes: 5 * mib + 3 }]);
  await expect(complete(parts)).rejects.toMatchObject({ name: 'NoSuchUpload' });
});

test('a checksum of the full object is computed over all parts, and a wrong one is refused', async () => {
  const { part, complete, kept, client } = await start({ ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' });
  const parts = [await part(1, first), await part(2, last)];
  await expect(complete(parts, { ChecksumCRC32: 'AAAAAA==' })).rejects.toMatchObject({ name: 'BadDigest' });
  expect(await kept()).toBe(2);
  expect(await complete(parts, { ChecksumCRC32: fullCrc32 })).toMatchObject({ ChecksumType: 'FULL_OBJECT' });
  const head = await client.send(new HeadObjectCommand({ ...at, ChecksumMode: 'ENABLED' }));
  expect(head).toMatchObject({ ChecksumCRC32: fullCrc32, ChecksumType: 'FULL_OBJECT' });
});

test.each([
  ['parts out of order', (parts: CompletedPart[]) => parts.toReversed(), 'InvalidPartOrder'],
  ['a part that never came', (parts: CompletedPart[]) => [...parts, { PartNumber: 9, ETag: '"x"' }], 'InvalidPart'],
  ['another ETag', ([one]: CompletedPart[]) => [{ ...one, ETag: '"x"' }], 'InvalidPart'],
  ['another checksum', ([one]: CompletedPart[]) => [{ ...one, ChecksumCRC32: 'AAAAAA==' }], 'InvalidPart'],
  ['no checksum', ([one]: CompletedPart[]) => [{ PartNumber: 1, ETag: one?.ETag }], 'InvalidRequest'],
  ['no parts', () => [], 'MalformedXML'],
])('%s: the object is not made, and the upload stays open', async (_, change, name) => {
  const { client, part, complete, told } = await start();
  const parts = [await part(1, first), await part(2, last)];
  await expect(complete(change(parts) as CompletedPart[])).rejects.toMatchObject({ name });
  expect((await client.send(new ListObjectsV2Command({ Bucket: 'cvs' }))).KeyCount).toBe(0);
  expect(told).toEqual([]);
  await expect(complete(parts)).resolves.toMatchObject({ ETag: etag });
});

test('a part of 4 MiB that is not the last one is too small', async () => {
  const { part, complete } = await start();
  const parts = [await part(1, Buffer.alloc(4 * mib)), await part(2, last)];
  await expect(complete(parts)).rejects.toMatchObject({ name: 'EntityTooSmall' });
});

test('a part with another checksum than its upload, or with a number out of range, is refused', async () => {
  const { part } = await start({ ChecksumAlgorithm: 'SHA256' });
  await expect(part(1, last, { ChecksumAlgorithm: 'CRC32' })).rejects.toMatchObject({ name: 'InvalidRequest' });
  await expect(part(10_001, last, { ChecksumAlgorithm: 'SHA256' })).rejects.toMatchObject({ name: 'InvalidArgument' });
});

test('an upload that is aborted leaves no part, and its id is unknown afterwards', async () => {
  const { client, UploadId, part, kept } = await start();
  await part(1, last);
  await client.send(new AbortMultipartUploadCommand({ ...at, UploadId }));
  expect(await kept()).toBe(0);
  await expect(part(1, last)).rejects.toMatchObject({ name: 'NoSuchUpload' });
  expect(await kept()).toBe(0);
});

test('a bucket without objects can be deleted; its open uploads end with it', async () => {
  const { client, part, kept } = await start();
  await part(1, last);
  await client.send(new DeleteBucketCommand({ Bucket: 'cvs' }));
  expect(await kept()).toBe(0);
  await expect(part(2, last)).rejects.toMatchObject({ name: 'NoSuchBucket' });
});

test('a part can be a range of another object', async () => {
  const { client, UploadId, complete } = await start({ ChecksumAlgorithm: 'CRC64NVME' });
  await client.send(new PutObjectCommand({ Bucket: 'cvs', Key: 'R&D + source', Body: 'hello' }));
  const copy = (CopySourceRange: string) =>
    client.send(
      new UploadPartCopyCommand({
        ...at,
        UploadId,
        PartNumber: 1,
        CopySource: 'cvs/R%26D%20%2B%20source',
        CopySourceRange,
      }),
    );
  await expect(copy('bytes=3-5')).rejects.toMatchObject({ name: 'InvalidArgument' });
  const { CopyPartResult } = await copy('bytes=1-3');
  await complete([{ PartNumber: 1, ETag: CopyPartResult?.ETag ?? '' }]);
  expect(await (await client.send(new GetObjectCommand(at))).Body?.transformToString()).toBe('ell');
});

test.each<[string, string, (world: Awaited<ReturnType<typeof start>>) => Promise<unknown>]>([
  ['replaced', 'InvalidPart', ({ part }) => part(2, Buffer.from('other'))],
  [
    'deleted by an abort',
    'NoSuchUpload',
    ({ client, UploadId }) => client.send(new AbortMultipartUploadCommand({ ...at, UploadId })),
  ],
])('completing an upload while a part is %s answers %s, and nothing is made', async (_, name, change) => {
  const world = await start();
  const parts = [await world.part(1, Buffer.alloc(40 * mib)), await world.part(2, last)];
  const completed = world.complete(parts);
  // Completing reads the first part into a new file.
  await expect.poll(world.kept, { interval: 1 }).toBe(3);
  await change(world);
  await expect(completed).rejects.toMatchObject({ name });
  expect(world.told).toEqual([]);
});

test('a list of parts that starts at no number is refused with InvalidArgument', async () => {
  const { url, UploadId } = await start();
  const target = `/cvs/a/parts.bin?uploadId=${UploadId}&part-number-marker=abc`;
  expect(await sendRaw(url, [`GET ${target} HTTP/1.1`, 'Connection: close'])).toMatchObject({
    code: 'InvalidArgument',
  });
});

test.each(['this is not XML', '<Other/>', '<CompleteMultipartUpload><Part></CompleteMultipartUpload>'])(
  'completing an upload with %j is refused with MalformedXML',
  async (body) => {
    const { url, UploadId } = await start();
    const head = [`POST /cvs/a/parts.bin?uploadId=${UploadId} HTTP/1.1`, 'Connection: close'];
    const answer = await sendRaw(url, [...head, `Content-Length: ${body.length}`], body);
    expect(answer).toMatchObject({ status: 400, code: 'MalformedXML' });
  },
);
