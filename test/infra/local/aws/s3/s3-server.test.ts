import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { CopyObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
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
    sent.end('x');
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

describe('keys that would be other paths than themselves are refused', () => {
  test.each([
    ['/cvs/a/../../../escaped.txt'],
    ['/cvs/..%2f..%2fescaped.txt'],
    ['/cvs/%2e%2e/%2e%2e/escaped.txt'],
    ['/cvs/a/./b.txt'],
    ['/cvs/a%00b.txt'],
    ['/cvs/%zz.txt'],
  ])('%s', async (path) => {
    const told: CreatedObject[] = [];
    const { server } = await startTestS3(await temporaryFolder(), (object) => told.push(object));
    const { status, body } = await raw(server.url, path);
    expect(status).toBe(400);
    expect(body).toContain('<Code>InvalidURI</Code>');
    expect(told).toEqual([]);
  });
});

test('a part of a key that no file name can hold is refused with the limit, not with an internal error', async () => {
  const { client } = await startTestS3(await temporaryFolder());
  const put = (length: number) =>
    client.send(new PutObjectCommand({ Bucket: 'cvs', Key: `a/${'x'.repeat(length)}`, Body: 'hello' }));
  await expect(put(234)).rejects.toThrow('The local S3 takes at most 233 bytes between two slashes of a key.');
  await expect(put(233)).resolves.toMatchObject({ ETag: '"5d41402abc4b2a76b9719d911017c592"' });
});

test('a page from elsewhere cannot put files into the bucket', async () => {
  const { server } = await startTestS3(await temporaryFolder());
  const foreign = await raw(server.url, '/cvs/a.txt', { headers: { origin: 'https://example.com' } });
  const rebound = await raw(server.url, '/cvs/a.txt', { headers: { host: 'rebound.example.com' } });
  expect([foreign.status, rebound.status]).toEqual([403, 403]);
});
