import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
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

test('what a server that was killed had begun to write is gone after the next start', async () => {
  const folder = await temporaryFolder();
  const first = await startTestS3(folder);
  const { upload, status } = await halfUpload(first.server.url, folder, 'a.txt');
  // Its files stay as they are at this moment: a second server starts while the first one still waits for bytes.
  const { client } = await startTestS3(folder);
  expect(await filesOf(folder, 5)).toBe(0);
  expect(await listed(client)).toEqual([]);
  upload.end('67890');
  expect(await status).toBe(500);
  expect(await listed(client)).toEqual([]);
});

test('somebody who reads an object while it is replaced gets one version of it, not a mixture', async () => {
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

test('an object in parts is not there before it is completed', async () => {
  const { client } = await startTestS3(await temporaryFolder());
  const at = { Bucket: 'cvs', Key: 'a/parts.txt' };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(at));
  const Parts = [];
  for (const [index, Body] of ['hello ', 'world'].entries()) {
    const PartNumber = index + 1;
    const { ETag } = await client.send(new UploadPartCommand({ ...at, UploadId, PartNumber, Body }));
    Parts.push({ PartNumber, ETag });
  }
  expect(await listed(client)).toEqual([]);
  await client.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }));
  expect(await listed(client)).toEqual([{ key: 'a/parts.txt', size: 11 }]);
  expect(await textOf(client, 'a/parts.txt')).toBe('hello world');
});

test('a deleted object is gone with its folders, and its neighbours stay', async () => {
  const folder = await temporaryFolder();
  const { client } = await startTestS3(folder);
  for (const key of ['a/b/c/1.txt', 'a/2.txt']) await put(client, key, 'x');
  const remove = (Key: string) => client.send(new DeleteObjectCommand({ Bucket: 'cvs', Key }));
  await remove('a/b/c/1.txt');
  expect(await readdir(path.join(folder, 'cvs', 'a'))).not.toContain('b');
  expect(await listed(client)).toEqual([{ key: 'a/2.txt', size: 1 }]);
  await remove('a/2.txt');
  await remove('a/2.txt');
  expect(await listed(client)).toEqual([]);
});

test('what is put into a folder while its last object is deleted stays', async () => {
  const { client } = await startTestS3(await temporaryFolder());
  const remove = (Key: string) => client.send(new DeleteObjectCommand({ Bucket: 'cvs', Key }));
  for (let round = 0; round < 40; round += 1) {
    const deep = `${round}/b/c/d/e/f/g/h`;
    await put(client, `${deep}/old.txt`, 'old');
    const puts = ['1', '2', '3', '4'].map((name) => put(client, `${deep}/${name}.txt`, 'new'));
    await Promise.all([...puts, remove(`${deep}/old.txt`)]);
  }
  expect((await listed(client)).length).toBe(160);
});

test('a small file that a form sends as text is there whole', async () => {
  const told: CreatedObject[] = [];
  const { server, client } = await startTestS3(await temporaryFolder(), (object) => told.push(object));
  const form = new FormData();
  form.set('key', 'a.txt');
  form.set('file', 'hello');
  const { status } = await fetch(`${server.url}/cvs`, { method: 'POST', body: form });
  expect(status).toBe(204);
  expect(await textOf(client, 'a.txt')).toBe('hello');
  expect(told).toMatchObject([{ key: 'a.txt', sizeBytes: 5, etag: '5d41402abc4b2a76b9719d911017c592' }]);
});
