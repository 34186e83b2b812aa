import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { beginUpload, startTestS3 } from '../../../../fakes/s3-test-server.ts';
import { temporaryFolder } from '../../../../fakes/temporary-folder.ts';

test.each(['old.txt', 'new.txt'])('%s is unchanged, and not reported, until its upload is complete', async (key) => {
  const folder = await temporaryFolder();
  const told: unknown[] = [];
  const { server, client } = await startTestS3(folder, ({ sizeBytes, ...object }) =>
    told.push([object.key, sizeBytes]),
  );
  await client.send(new PutObjectCommand({ Bucket: 'cvs', Key: 'old.txt', Body: 'old' }));
  const contents = async (): Promise<unknown> => {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: 'cvs' }));
    const read = async (Key = '') => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: 'cvs', Key }));
      return [Key, await Body?.transformToString()] as const;
    };
    return Object.fromEntries(await Promise.all(Contents.map(({ Key }) => read(Key))));
  };
  const { upload, status } = beginUpload(server.url, `/cvs/${key}`, 10);
  upload.write('12345');
  await expect.poll(() => readdir(path.join(folder, 'data'))).toHaveLength(2);
  expect(await contents()).toEqual({ 'old.txt': 'old' });
  expect(told).toEqual([['old.txt', 3]]);
  upload.end('67890');
  expect(await status).toBe(200);
  expect(await contents()).toEqual({ 'old.txt': 'old', [key]: '1234567890' });
  expect(told).toEqual([
    ['old.txt', 3],
    [key, 10],
  ]);
});
