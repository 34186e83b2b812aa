import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  CopyObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import type { CreatedObject } from '../../../../../infra/local/aws/events/s3-notification.ts';
import { beginUpload, startTestS3 } from '../../../../fakes/s3-test-server.ts';
import { temporaryFolder } from '../../../../fakes/temporary-folder.ts';

const put = (client: S3Client, key: string, body: string | Uint8Array) =>
  client.send(new PutObjectCommand({ Bucket: 'cvs', Key: key, Body: body, Metadata: { size: String(body.length) } }));

const listed = async (client: S3Client): Promise<readonly { key: string; size: number }[]> => {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: 'cvs' }));
  return Contents.map(({ Key = '', Size = -1 }) => ({ key: Key, size: Size }));
};

const textOf = async (client: S3Client, key: string): Promise<string | undefined> => {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: 'cvs', Key: key }));
  return Body?.transformToString();
};

/** Sizes of all files, whatever they are called, that hold this many bytes. */
const filesOf = async (folder: string, sizeBytes: number): Promise<number> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => stat(path.join(entry.parentPath, entry.name)).then(({ size }) => size)),
  );
  return sizes.filter((size) => size === sizeBytes).length;
};

/** Sends the first 5 bytes of 10, and waits until the server has written them. */
const halfUpload = async (url: string, folder: string, key: string) => {
  const begun = beginUpload(url, `/cvs/${key}`, 10);
  begun.upload.write('12345');
  await expect.poll(() => filesOf(folder, 5), { timeout: 10_000 }).toBe(1);
  return begun;
};

test('an object that is still being uploaded is not there yet; then it is there whole', async () => {
  const folder = await temporaryFolder();
  const told: CreatedObject[] = [];
  const { server, client } = await startTestS3(folder, (object) => told.push(object));
  const { upload, status } = await halfUpload(server.url, folder, 'a/b.txt');

  expect(await listed(client)).toEqual([]);
  await expect(client.send(new HeadObjectCommand({ Bucket: 'cvs', Key: 'a/b.txt' }))).rejects.toMatchObject({
    $metadata: { httpStatusCode: 404 },
  });
  await expect(textOf(client, 'a/b.txt')).rejects.toMatchObject({ name: 'NoSuchKey' });
  expect(told).toEqual([]);

  upload.end('67890');
  expect(await status).toBe(200);
  expect(await listed(client)).toEqual([{ key: 'a/b.txt', size: 10 }]);
  expect(await textOf(client, 'a/b.txt')).toBe('1234567890');
  expect(told).toMatchObject([{ key: 'a/b.txt', sizeBytes: 10 }]);
});

test('an object that is being replaced stays as it was until its new version is whole', async () => {
  const folder = await temporaryFolder();
  const { server, client } = await startTestS3(folder);
  await put(client, 'a.txt', 'old');
  const { upload, status } = await halfUpload(server.url, folder, 'a.txt');
  expect(await listed(client)).toEqual([{ key: 'a.txt', size: 3 }]);
  expect(await textOf(client, 'a.txt')).toBe('old');
  upload.end('67890');
  await status;
  expect(await listed(client)).toEqual([{ key: 'a.txt', size: 10 }]);
  expect(await textOf(client, 'a.txt')).toBe('1234567890');
});

test('an upload that breaks off leaves nothing behind, and what stood under its key stays', async () => {
  const folder = await temporaryFolder();
  const told: CreatedObject[] = [];
  const { server, client } = await startTestS3(folder, (object) => told.push(object));
  await put(client, 'old.txt', 'old');
  for (const key of ['old.txt', 'new.txt']) {
    const { upload } = await halfUpload(server.url, folder, key);
    upload.destroy();
    await expect.poll(() => filesOf(folder, 5), { timeout: 10_000 }).toBe(0);
  }
  expect(await listed(client)).toEqual([{ key: 'old.txt', size: 3 }]);
  expect(await textOf(client, 'old.txt')).toBe('old');
  expect(told).toMatchObject([{ key: 'old.txt', sizeBytes: 3 }]);
});

test('an object that is read while it is replaced is one version of it, not a mixture', async () => {
  const { client } = await startTestS3(await temporaryFolder());
  const versions = [1, 2_000, 400_000].map((size) => Buffer.alloc(size, 'x'));
  await put(client, 'a.txt', 'x');
  let writing = true;
  const writes = (async () => {
    for (let round = 0; round < 60; round += 1) await put(client, 'a.txt', versions[round % 3] ?? 'x');
    writing = false;
  })();
  const seen = new Set<string>();
  while (writing) {
    const read = await client.send(new GetObjectCommand({ Bucket: 'cvs', Key: 'a.txt' }));
    const bytes = await read.Body?.transformToByteArray();
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket: 'cvs' }));
    seen.add(`${read.ETag} ${read.ContentLength} ${bytes?.length} ${read.Metadata?.size}`);
    seen.add(`${Contents?.[0]?.ETag} ${Contents?.[0]?.Size}`);
  }
  await writes;
  const possible = [
    '"9dd4e461268c8034f5c8564e155c67a6" 1',
    '"9dd4e461268c8034f5c8564e155c67a6" 1 1 1',
    '"6284398f25b31fbdd31e5c6cc04af9ad" 2000',
    '"6284398f25b31fbdd31e5c6cc04af9ad" 2000 2000 2000',
    '"60427332685a0c655f74780b32167cd9" 400000',
    '"60427332685a0c655f74780b32167cd9" 400000 400000 400000',
  ];
  expect([...seen].filter((one) => !possible.includes(one))).toEqual([]);
});

test('a copy keeps content, type and metadata; with new metadata an object can be copied onto itself', async () => {
  const { client } = await startTestS3(await temporaryFolder());
  await client.send(
    new PutObjectCommand({
      Bucket: 'cvs',
      Key: 'from.txt',
      Body: 'hello',
      ContentType: 'text/plain',
      Metadata: { filename: 'CV.txt' },
    }),
  );
  const copied = await client.send(new CopyObjectCommand({ Bucket: 'cvs', Key: 'to.txt', CopySource: 'cvs/from.txt' }));
  expect(copied.CopyObjectResult?.ETag).toBe('"5d41402abc4b2a76b9719d911017c592"');
  await client.send(
    new CopyObjectCommand({
      Bucket: 'cvs',
      Key: 'from.txt',
      CopySource: 'cvs/from.txt',
      MetadataDirective: 'REPLACE',
      Metadata: { filename: 'New.txt' },
    }),
  );
  const of = async (key: string) => {
    const { Body, ContentType, Metadata } = await client.send(new GetObjectCommand({ Bucket: 'cvs', Key: key }));
    return { text: await Body?.transformToString(), type: ContentType, metadata: Metadata };
  };
  expect(await of('to.txt')).toEqual({ text: 'hello', type: 'text/plain', metadata: { filename: 'CV.txt' } });
  expect(await of('from.txt')).toMatchObject({ text: 'hello', metadata: { filename: 'New.txt' } });
});

test('empty objects can be put and copied', async () => {
  const { client } = await startTestS3(await temporaryFolder());
  await put(client, 'empty.txt', new Uint8Array());
  await client.send(new CopyObjectCommand({ Bucket: 'cvs', Key: 'copy.txt', CopySource: 'cvs/empty.txt' }));
  expect(await listed(client)).toEqual([
    { key: 'copy.txt', size: 0 },
    { key: 'empty.txt', size: 0 },
  ]);
});
