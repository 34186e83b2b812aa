import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { CreatedObject } from '../../../../../infra/local/aws/events/s3-notification.ts';
import { sendRaw } from '../../../../fakes/raw-s3.ts';
import { startTestS3 } from '../../../../fakes/s3-test-server.ts';
import { temporaryFolder } from '../../../../fakes/temporary-folder.ts';

const start = async () => {
  const folder = await temporaryFolder();
  const told: CreatedObject[] = [];
  const { server } = await startTestS3(folder, (object) => told.push(object));
  const put = (target: string, ...headers: readonly string[]) =>
    sendRaw(server.url, [`PUT ${target} HTTP/1.1`, 'Connection: close', 'Content-Length: 1', ...headers], 'x');
  const get = (target: string, ...headers: readonly string[]) =>
    sendRaw(server.url, [`GET ${target} HTTP/1.1`, 'Connection: close', ...headers]);
  return { folder, told, put, get };
};

test.each([
  ['/cvs/..%2f..%2fescaped.txt', '../../escaped.txt'],
  ['/cvs/a%00b.txt', 'a\0b.txt'],
])('the request target %s is the key %j, and never a file outside the folder', async (target, key) => {
  const { folder, told, put, get } = await start();
  expect(await put(target)).toMatchObject({ status: 200 });
  expect(told.map((object) => object.key)).toEqual([key]);
  expect(await get(target)).toMatchObject({ status: 200, body: 'x' });
  expect(await readdir(path.dirname(folder))).not.toContain('escaped.txt');
});

test.each(['/cvs/%zz.txt', '/cvs/a%ff.txt'])('the request target %s is refused with InvalidURI', async (target) => {
  const { told, put } = await start();
  expect(await put(target)).toMatchObject({ status: 400, code: 'InvalidURI' });
  expect(told).toEqual([]);
});

test('a web page of another origin can neither write files to the bucket nor read them', async () => {
  const { put, get } = await start();
  const origin = 'Origin: https://example.com';
  const answers = [await put('/cvs/a.txt', origin), await get('/cvs?list-type=2', origin)];
  expect(answers.map(({ status }) => status)).toEqual([403, 403]);
});
