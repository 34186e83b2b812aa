import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { sendRaw } from '../../../../fakes/raw-s3.ts';
import { startTestS3 } from '../../../../fakes/s3-test-server.ts';
import { temporaryFolder } from '../../../../fakes/temporary-folder.ts';

/** Only what `test/proof/conformance/s3` does not check of a refused upload: no file is left, and no event is sent. */

const start = async (options = {}) => {
  const folder = await temporaryFolder();
  const told: string[] = [];
  const { server, client } = await startTestS3(folder, ({ key }) => told.push(key), options);
  const kept = () => readdir(path.join(folder, 'data'));
  return { folder, url: server.url, client, told, kept };
};

/** Computed with openssl. */
const sha512 = 'm3HSJL1i83hdltRq0+o9czGb+8KJDKra4t/3JRlnPKcjI8PZm6XBHXx6zG4UuMXaDEZjR1wuXDre9G9zvN7AQw==';

test('the local S3 verifies and keeps a SHA-512, and reports it on request', async () => {
  const { url } = await start();
  const head = [
    'PUT /cvs/a.txt HTTP/1.1',
    'Connection: close',
    'Content-Length: 5',
    `x-amz-checksum-sha512: ${sha512}`,
  ];
  expect(await sendRaw(url, head, 'jello')).toMatchObject({ status: 400, code: 'BadDigest' });
  expect(await sendRaw(url, head, 'hello')).toMatchObject({ status: 200 });
  const get = ['GET /cvs/a.txt HTTP/1.1', 'Connection: close', 'x-amz-checksum-mode: ENABLED'];
  expect((await sendRaw(url, get)).headers).toContain(`x-amz-checksum-sha512: ${sha512}`);
});

const chunked = (mode = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER') => [
  `x-amz-content-sha256: ${mode}`,
  'x-amz-decoded-content-length: 5',
  'x-amz-trailer: x-amz-checksum-crc32',
];

test.each([
  ['a wrong checksum', ['x-amz-checksum-crc32: AAAAAA=='], 'hello', 400, 'BadDigest'],
  ['a checksum that cannot be verified', ['x-amz-checksum-xxhash64: AAAAAAAAAAA='], 'hello', 501, 'NotImplemented'],
  ['chunks and an invalid trailer', chunked(), '5\r\nhello\r\n0\r\nnonsense\r\n\r\n', 400, 'MalformedTrailerError'],
  ['chunks whose line ends are not CR and LF', chunked(), '5\nhello\r\n0\r\n\r\n', 400, 'IncompleteBody'],
  ['an unknown kind of chunks', chunked('STREAMING-FOO'), '5\r\nhello\r\n0\r\n\r\n', 400, 'InvalidArgument'],
  ['an invalid tag', ['x-amz-tagging: a=%zz'], 'x', 400, 'InvalidArgument'],
])('an upload with %s is refused, and nothing is kept', async (_, more, body, status, code) => {
  const { url, told, kept } = await start();
  const head = ['PUT /cvs/a.txt HTTP/1.1', 'Connection: close', `Content-Length: ${body.length}`, ...more];
  expect(await sendRaw(url, head, body)).toMatchObject({ status, code });
  await expect.poll(kept).toEqual([]);
  expect(told).toEqual([]);
});

test('an upload whose sender disconnects too early is refused, and nothing is kept', async () => {
  const { url, told, kept } = await start();
  const head = ['PUT /cvs/a.txt HTTP/1.1', 'Content-Length: 10'];
  expect(await sendRaw(url, head, 'hello', { halfClose: true })).toMatchObject({ status: 400, code: 'IncompleteBody' });
  await expect.poll(kept).toEqual([]);
  expect(told).toEqual([]);
});

test('an upload that never ends is cut off with RequestTimeout, and nothing is kept', async () => {
  const { url, told, kept } = await start({ idleTimeoutMs: 100 });
  const head = ['PUT /cvs/a.txt HTTP/1.1', 'Content-Length: 10'];
  expect(await sendRaw(url, head, 'short')).toMatchObject({
    status: 400,
    code: 'RequestTimeout',
  });
  await expect.poll(kept).toEqual([]);
  expect(told).toEqual([]);
});

test('a request whose head never ends is cut off with RequestTimeout', async () => {
  const { url } = await start({ idleTimeoutMs: 100 });
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  socket.write('PUT /cvs/a.txt HTTP/1.1\r\nX-Slow: ');
  expect(await text(socket)).toContain('<Code>RequestTimeout</Code>');
  socket.destroy();
});

test.each(['PUT /cvs/a.txt?tagging', 'POST /cvs?delete', 'PUT /cvs?versioning'])(
  'a document of 5 MB is refused: %s',
  async (call) => {
    const { url, client } = await start();
    await client.send(new PutObjectCommand({ Bucket: 'cvs', Key: 'a.txt', Body: 'hello' }));
    const body = ' '.repeat(5_000_000);
    const digest = `Content-MD5: ${createHash('md5').update(body).digest('base64')}`;
    const head = [`${call} HTTP/1.1`, 'Connection: close', digest, `Content-Length: ${body.length}`];
    expect(await sendRaw(url, head, body)).toMatchObject({ status: 400, code: 'MalformedXML' });
  },
);

test('an upload that does not fit on the disk is answered with an error, and nothing is kept', async () => {
  const { folder, url, told, kept } = await start();
  const index = new DatabaseSync(path.join(folder, 'index.sqlite'));
  // SQLite does the same when the disk is full: it rolls the transaction back.
  index.exec("CREATE TRIGGER full BEFORE INSERT ON version BEGIN SELECT RAISE(ROLLBACK, 'disk is full'); END");
  index.close();
  const head = ['PUT /cvs/a.txt HTTP/1.1', 'Connection: close', 'Content-Length: 5'];
  const { status, body } = await sendRaw(url, head, 'hello');
  expect([status, body]).toEqual([500, expect.stringContaining('disk is full')]);
  expect([await kept(), told]).toEqual([[], []]);
});

test('a client that sends Expect: 100-continue is refused before it has sent its file', async () => {
  const { url } = await start();
  const head = ['PUT /other/a.txt HTTP/1.1', 'Connection: close', 'Content-Length: 5', 'Expect: 100-continue'];
  expect(await sendRaw(url, head)).toMatchObject({ status: 404, code: 'NoSuchBucket' });
});
