import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import type { CreatedObject } from '../../../../../infra/local/aws/events/s3-notification.ts';
import { beginUpload, startTestS3 } from '../../../../fakes/s3-test-server.ts';
import { temporaryFolder } from '../../../../fakes/temporary-folder.ts';

/** Sizes of all files with this many bytes, whatever their names. */
const filesOf = async (folder: string, sizeBytes: number): Promise<number> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => stat(path.join(entry.parentPath, entry.name)).then(({ size }) => size)),
  );
  return sizes.filter((size) => size === sizeBytes).length;
};

/** One object, "old.txt", and uploads whose first 5 bytes of 10 have been written. */
const start = async () => {
  const folder = await temporaryFolder();
  const told: CreatedObject[] = [];
  const { server, client } = await startTestS3(folder, (object) => told.push(object));
  await client.send(new PutObjectCommand({ Bucket: 'cvs', Key: 'old.txt', Body: 'old' }));
  const contents = async (): Promise<Readonly<Record<string, string | undefined>>> => {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: 'cvs' }));
    const read = async (Key: string) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: 'cvs', Key }));
      return [Key, await Body?.transformToString()] as const;
    };
    return Object.fromEntries(await Promise.all(Contents.map(({ Key = '' }) => read(Key))));
  };
  const halfUpload = async (key: string) => {
    const begun = beginUpload(server.url, `/cvs/${key}`, 10);
    begun.upload.write('12345');
    await expect.poll(() => filesOf(folder, 5), { timeout: 10_000 }).toBe(1);
    return begun;
  };
  return { folder, told: () => told.map(({ key, sizeBytes }) => [key, sizeBytes]), contents, halfUpload };
};

test.each(['old.txt', 'new.txt'])('%s is unchanged until its upload is complete', async (key) => {
  const { told, contents, halfUpload } = await start();
  const { upload, status } = await halfUpload(key);
  expect(await contents()).toEqual({ 'old.txt': 'old' });
  expect(told()).toEqual([['old.txt', 3]]);
  upload.end('67890');
  expect(await status).toBe(200);
  expect(await contents()).toEqual({ 'old.txt': 'old', [key]: '1234567890' });
  expect(told()).toEqual([
    ['old.txt', 3],
    [key, 10],
  ]);
});

test.each(['old.txt', 'new.txt'])(
  'an upload of %s that breaks off leaves no file, and is not reported',
  async (key) => {
    const { folder, told, contents, halfUpload } = await start();
    const { upload } = await halfUpload(key);
    upload.destroy();
    await expect.poll(() => filesOf(folder, 5), { timeout: 10_000 }).toBe(0);
    expect(await contents()).toEqual({ 'old.txt': 'old' });
    expect(told()).toEqual([['old.txt', 3]]);
  },
);
