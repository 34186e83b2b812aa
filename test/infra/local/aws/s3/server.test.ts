import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import path_ from 'node:path';
import { text } from 'node:stream/consumers';
import { CopyObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import type { CreatedObject } from '../../../../../infra/local/aws/events/s3-notification.ts';
import { startTestS3 } from '../../../../fakes/s3-test-server.ts';
import { temporaryFolder } from '../../../../fakes/temporary-folder.ts';

/** Below the SDK and fetch, which tidy paths and headers up. */
const raw = (
  url: string,
  path: string,
  { method = 'PUT', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<{ status: number | undefined; body: string }> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const sent = request({ hostname, port, path, method, headers }, async (response) => {
      resolve({ status: response.statusCode, body: await text(response) });
    });
    sent.on('error', reject);
    sent.end(method === 'PUT' ? 'x' : undefined);
  });

test('tells of an upload with the key as it was typed', async () => {
  const told: CreatedObject[] = [];
  const { client } = await startTestS3(await temporaryFolder(), (object) => told.push(object));
  await client.send(new PutObjectCommand({ Bucket: 'cvs', Key: 'candidates/c1/C++ 100%.pdf', Body: 'hello' }));
  expect(told).toMatchObject([
    { bucket: 'cvs', key: 'candidates/c1/C++ 100%.pdf', sizeBytes: 5, etag: '5d41402abc4b2a76b9719d911017c592' },
  ]);
});

test.each([['C++ 100%.pdf'], ['a#b?c&d=e.pdf'], ['%2B.pdf'], ['Zoë 😀.pdf']])('copies %s', async (name) => {
  const { client } = await startTestS3(await temporaryFolder());
  await client.send(new PutObjectCommand({ Bucket: 'cvs', Key: `from/${name}`, Body: 'hello' }));
  const CopySource = encodeURIComponent(`cvs/from/${name}`);
  await client.send(new CopyObjectCommand({ Bucket: 'cvs', Key: `to/${name}`, CopySource }));
  const { Body } = await client.send(new GetObjectCommand({ Bucket: 'cvs', Key: `to/${name}` }));
  expect(await Body?.transformToString()).toBe('hello');
});

test('objects outlive the server', async () => {
  const folder = await temporaryFolder();
  const first = await startTestS3(folder);
  await first.client.send(new PutObjectCommand({ Bucket: 'cvs', Key: 'a/b.txt', Body: 'kept' }));
  await first.end();
  const { client } = await startTestS3(folder);
  const { Body } = await client.send(new GetObjectCommand({ Bucket: 'cvs', Key: 'a/b.txt' }));
  expect(await Body?.transformToString()).toBe('kept');
});

test.each([
  ['/cvs/k/a/../b', 'k/a/../b'],
  ['/cvs/..%2f..%2fescaped.txt', '../../escaped.txt'],
  ['/cvs//a//b/', '/a//b/'],
  ['/cvs/./.', './.'],
  ['/cvs/a%00b%01%0a.txt', 'a\0b\u0001\n.txt'],
  ['/cvs/a+b%2Bc.txt', 'a+b+c.txt'],
  [`/cvs/${'x'.repeat(1_024)}`, 'x'.repeat(1_024)],
])('the target %s is the key %j, kept and read as such', async (path, key) => {
  const told: CreatedObject[] = [];
  const folder = await temporaryFolder();
  const { server } = await startTestS3(folder, (object) => told.push(object));
  expect(await raw(server.url, path)).toMatchObject({ status: 200 });
  expect(told.map((object) => object.key)).toEqual([key]);
  expect(await raw(server.url, path, { method: 'GET' })).toMatchObject({ status: 200, body: 'x' });
  expect((await readdir(path_.dirname(folder))).includes('escaped.txt')).toBe(false);
});

test.each([
  ['/cvs/%zz.txt', 'InvalidURI'],
  ['/cvs/a%ff.txt', 'InvalidURI'],
  [`/cvs/${'x'.repeat(1_025)}`, 'KeyTooLongError'],
])('the target %s is refused with %s', async (path, code) => {
  const told: CreatedObject[] = [];
  const { server } = await startTestS3(await temporaryFolder(), (object) => told.push(object));
  const { status, body } = await raw(server.url, path);
  expect([status, /<Code>(.*)<.Code>/.exec(body)?.[1], told]).toEqual([400, code, []]);
});

test('an error names its code, message, resource and request', async () => {
  const { server } = await startTestS3(await temporaryFolder());
  const { status, body } = await raw(server.url, '/cvs/no&such.txt?versionId=null', { method: 'GET' });
  expect(status).toBe(404);
  expect(body).toMatch(
    /<Error><Code>NoSuchVersion<.Code><Message>.+<.Message>.*<Resource>.cvs.no&amp;such.txt<.Resource><RequestId>[0-9A-F]{16}<.RequestId>/,
  );
});

test('a web page from elsewhere can neither put files into the bucket nor read any', async () => {
  const { server } = await startTestS3(await temporaryFolder());
  const foreign = await raw(server.url, '/cvs/a.txt', { headers: { origin: 'https://example.com' } });
  const rebound = await raw(server.url, '/cvs/a.txt', { headers: { host: 'rebound.example.com' } });
  const reading = await raw(server.url, '/cvs?list-type=2', {
    method: 'GET',
    headers: { origin: 'https://example.com' },
  });
  expect([foreign.status, rebound.status, reading.status]).toEqual([403, 403, 403]);
});
