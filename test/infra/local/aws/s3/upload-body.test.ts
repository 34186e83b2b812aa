import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { sendRaw } from '../../../../fakes/raw-s3.ts';
import { startTestS3 } from '../../../../fakes/s3-test-server.ts';
import { temporaryFolder } from '../../../../fakes/temporary-folder.ts';

/** Checksums of "hello", computed with other tools (openssl, python's zlib and google-crc32c). */
const hello = {
  'x-amz-checksum-crc32': 'NhCmhg==',
  'x-amz-checksum-crc32c': 'mnG7TA==',
  'x-amz-checksum-crc64nvme': 'M3eFcAZSQlc=',
  'x-amz-checksum-sha1': 'qvTGHdzF6KLavt4PO0gs2a6pQ00=',
  'x-amz-checksum-sha256': 'LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=',
  'x-amz-checksum-sha512': 'm3HSJL1i83hdltRq0+o9czGb+8KJDKra4t/3JRlnPKcjI8PZm6XBHXx6zG4UuMXaDEZjR1wuXDre9G9zvN7AQw==',
} as const;

const start = async (options = {}) => {
  const folder = await temporaryFolder();
  const told: string[] = [];
  const { server, client } = await startTestS3(folder, ({ key }) => told.push(key), options);
  const kept = () => readdir(path.join(folder, 'data'));
  return { folder, url: server.url, client, told, kept };
};

test.each(Object.entries(hello))('a right %s is kept and told, a wrong one keeps nothing', async (header, value) => {
  const { url, told, kept } = await start();
  const head = ['PUT /cvs/a.txt HTTP/1.1', 'Connection: close', 'Content-Length: 5'];
  expect(await sendRaw(url, [...head, `${header}: ${value}`], 'jello')).toMatchObject({
    status: 400,
    code: 'BadDigest',
  });
  expect([await kept(), told]).toEqual([[], []]);
  expect(await sendRaw(url, [...head, `${header}: AAAA`], 'hello')).toMatchObject({
    status: 400,
    code: 'InvalidRequest',
  });
  expect(await sendRaw(url, [...head, `${header}: ${value}`], 'hello')).toMatchObject({ status: 200 });
  const get = ['GET /cvs/a.txt HTTP/1.1', 'Connection: close'];
  const { headers } = await sendRaw(url, [...get, 'x-amz-checksum-mode: ENABLED']);
  expect(headers).toContain(`${header}: ${value}`);
  expect(headers).toContain('x-amz-checksum-type: FULL_OBJECT');
  expect((await sendRaw(url, get)).headers).not.toContain('x-amz-checksum');
});

test('an upload without a checksum gets a CRC64NVME', async () => {
  const { url } = await start();
  const put = await sendRaw(url, ['PUT /cvs/a.txt HTTP/1.1', 'Connection: close', 'Content-Length: 5'], 'hello');
  expect(put.headers).toContain(`x-amz-checksum-crc64nvme: ${hello['x-amz-checksum-crc64nvme']}`);
});

const chunked = (mode: string, decoded: number, ...more: readonly string[]) => [
  'PUT /cvs/a.txt HTTP/1.1',
  'Connection: close',
  `x-amz-content-sha256: ${mode}`,
  `x-amz-decoded-content-length: ${decoded}`,
  'Content-Encoding: aws-chunked,gzip',
  ...more,
];
const signature = `;chunk-signature=${'0'.repeat(64)}`;
const crc32 = 'x-amz-checksum-crc32';

test.each([
  [
    'signed',
    'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
    `3${signature}\r\nhel\r\n2${signature}\r\nlo\r\n0${signature}\r\n\r\n`,
  ],
  ['unsigned with a trailer', 'STREAMING-UNSIGNED-PAYLOAD-TRAILER', `5\r\nhello\r\n0\r\n${crc32}:NhCmhg==\r\n\r\n`],
  [
    'signed with a trailer',
    'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
    `5${signature}\r\nhello\r\n0${signature}\r\n${crc32}:NhCmhg==\r\nx-amz-trailer-signature:${'0'.repeat(64)}\r\n\r\n`,
  ],
])('a chunked body, %s, is kept without its chunks', async (_, mode, body) => {
  const { url, client } = await start();
  const trailer = mode.endsWith('TRAILER') ? [`x-amz-trailer: ${crc32}`] : [];
  expect(await sendRaw(url, chunked(mode, 5, ...trailer, `Content-Length: ${body.length}`), body)).toMatchObject({
    status: 200,
  });
  const read = await client.send(new GetObjectCommand({ Bucket: 'cvs', Key: 'a.txt' }));
  expect([await read.Body?.transformToString(), read.ContentEncoding]).toEqual(['hello', 'gzip']);
});

const trailed = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';
test.each([
  ['a chunk longer than it says', trailed, 5, '3\r\nhello\r\n0\r\n\r\n', 'IncompleteBody'],
  ['a chunk shorter than it says', trailed, 5, 'a\r\nhello\r\n0\r\n\r\n', 'IncompleteBody'],
  ['a length that is no number', trailed, 5, 'zz\r\nhello\r\n0\r\n\r\n', 'IncompleteBody'],
  ['line ends that are not CR and LF', trailed, 5, '5\nhello\r\n0\r\n\r\n', 'IncompleteBody'],
  ['no last chunk', trailed, 5, '5\r\nhello\r\n', 'IncompleteBody'],
  ['fewer bytes than announced', trailed, 9, `5\r\nhello\r\n0\r\n${crc32}:NhCmhg==\r\n\r\n`, 'IncompleteBody'],
  ['a wrong trailer', trailed, 5, `5\r\nhello\r\n0\r\n${crc32}:AAAAAA==\r\n\r\n`, 'BadDigest'],
  ['no trailer', trailed, 5, '5\r\nhello\r\n0\r\n\r\n', 'MalformedTrailerError'],
  [
    'a trailer that was not announced',
    trailed,
    5,
    '5\r\nhello\r\n0\r\nx-amz-meta-a:b\r\n\r\n',
    'MalformedTrailerError',
  ],
  ['bytes behind its end', trailed, 5, `5\r\nhello\r\n0\r\n${crc32}:NhCmhg==\r\n\r\nmore`, 'IncompleteBody'],
  ['an unknown kind of chunks', 'STREAMING-FOO', 5, '5\r\nhello\r\n0\r\n\r\n', 'InvalidArgument'],
  ['a trailer that is none', trailed, 5, '5\r\nhello\r\n0\r\nnonsense\r\n\r\n', 'MalformedTrailerError'],
])('a chunked body with %s is refused, and nothing is kept', async (_, mode, decoded, body, code) => {
  const { url, told, kept } = await start();
  const head = chunked(mode, decoded, `x-amz-trailer: ${crc32}`, `Content-Length: ${body.length}`);
  expect(await sendRaw(url, head, body)).toMatchObject({ status: 400, code });
  expect([await kept(), told]).toEqual([[], []]);
});

test.each([
  ['no length', [], '', 411, 'MissingContentLength'],
  ['a transfer encoding instead of a length', ['Transfer-Encoding: chunked'], '0\r\n\r\n', 501, 'NotImplemented'],
  ['a wrong Content-MD5', ['Content-Length: 1', 'Content-MD5: XUFAKrxLKna5cZ2REBfFkg=='], 'x', 400, 'BadDigest'],
  ['a Content-MD5 that is none', ['Content-Length: 1', 'Content-MD5: nonsense'], 'x', 400, 'InvalidDigest'],
  [
    'a wrong SHA-256',
    ['Content-Length: 1', `x-amz-content-sha256: ${'0'.repeat(64)}`],
    'x',
    400,
    'XAmzContentSHA256Mismatch',
  ],
  ['a SHA-256 that is none', ['Content-Length: 1', 'x-amz-content-sha256: abc'], 'x', 400, 'InvalidArgument'],
  ['a tag that is none', ['Content-Length: 1', 'x-amz-tagging: a=%zz'], 'x', 400, 'InvalidArgument'],
])('an upload with %s is refused, and nothing is kept', async (_, more, body, status, code) => {
  const { url, told, kept } = await start();
  const answer = await sendRaw(url, ['PUT /cvs/a.txt HTTP/1.1', 'Connection: close', ...more], body);
  expect(answer).toMatchObject({ status, code });
  await expect.poll(kept).toEqual([]);
  expect(told).toEqual([]);
});

const form =
  '--b\r\nContent-Disposition: form-data; name="key"\r\n\r\na.txt\r\n--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nhello\r\n--b--\r\n';
test.each([
  ['bytes', ['PUT /cvs/a.txt HTTP/1.1'], 'hello'],
  ['chunks', chunked(trailed, 5), '5\r\nhello\r\n0\r\n\r\n'],
  ['a form', ['POST /cvs HTTP/1.1', 'Content-Type: multipart/form-data; boundary=b'], form],
])('an upload of %s whose sender hangs up before its length is refused, and nothing is kept', async (_, head, body) => {
  const { url, told, kept } = await start();
  const sent = sendRaw(url, [...head, `Content-Length: ${body.length + 5}`], body, { halfClose: true });
  expect(await sent).toMatchObject({ status: 400, code: 'IncompleteBody' });
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

test('an upload that the disk has no room for is answered, and nothing is kept', async () => {
  const { folder, url, told, kept } = await start();
  const index = new DatabaseSync(path.join(folder, 'index.sqlite'));
  // What SQLite does when the disk is full: it ends the transaction.
  index.exec("CREATE TRIGGER full BEFORE INSERT ON version BEGIN SELECT RAISE(ROLLBACK, 'disk is full'); END");
  index.close();
  const head = ['PUT /cvs/a.txt HTTP/1.1', 'Connection: close', 'Content-Length: 5'];
  const { status, body } = await sendRaw(url, head, 'hello');
  expect([status, body]).toEqual([500, expect.stringContaining('disk is full')]);
  expect([await kept(), told]).toEqual([[], []]);
});

test('a client that asks first is told to continue, or is refused before it has sent its file', async () => {
  const { url } = await start();
  const head = ['Connection: close', 'Content-Length: 5', 'Expect: 100-continue'];
  const allowed = await sendRaw(url, ['PUT /cvs/a.txt HTTP/1.1', ...head], 'hello');
  expect([allowed.status, allowed.body.slice(9, 12)]).toEqual([100, '200']);
  const refused = await sendRaw(url, ['PUT /other/a.txt HTTP/1.1', ...head], '');
  expect(refused).toMatchObject({ status: 404, code: 'NoSuchBucket' });
});

test('a file that the SDK streams arrives whole, with the checksum of its trailer', async () => {
  const { folder, client } = await start();
  const bytes = Buffer.alloc(300_000, 'A CV of nobody. ');
  await writeFile(path.join(folder, 'cv.txt'), bytes);
  const put = await client.send(
    new PutObjectCommand({
      Bucket: 'cvs',
      Key: 'a.txt',
      Body: createReadStream(path.join(folder, 'cv.txt')),
      ContentLength: bytes.length,
      ChecksumAlgorithm: 'SHA256',
    }),
  );
  expect(put.ChecksumType).toBe('FULL_OBJECT');
  const read = await client.send(new GetObjectCommand({ Bucket: 'cvs', Key: 'a.txt', ChecksumMode: 'ENABLED' }));
  expect(read.ChecksumSHA256).toBe(put.ChecksumSHA256);
  expect(Buffer.from((await read.Body?.transformToByteArray()) ?? []).equals(bytes)).toBe(true);
  expect(read.ContentEncoding).toBeUndefined();
});

test('a checksum that cannot be verified is refused', async () => {
  const { url, kept } = await start();
  const head = ['PUT /cvs/a.txt HTTP/1.1', 'Connection: close', 'Content-Length: 5'];
  const unknown = await sendRaw(url, [...head, 'x-amz-checksum-xxhash64: AAAAAAAAAAA='], 'hello');
  expect(unknown).toMatchObject({ status: 501, code: 'NotImplemented' });
  expect(await kept()).toEqual([]);
});

test('metadata comes back with its names in lower case, and encoded where it is not ASCII', async () => {
  const { url, client } = await start();
  const head = ['PUT /cvs/a.txt HTTP/1.1', 'Connection: close', 'Content-Length: 1'];
  await sendRaw(url, [...head, 'x-amz-meta-Name: Zoë', 'X-Amz-Meta-Plain: a b'], 'x');
  const { Metadata, ContentType } = await client.send(new HeadObjectCommand({ Bucket: 'cvs', Key: 'a.txt' }));
  expect(Metadata).toEqual({ name: '=?UTF-8?B?Wm/Dqw==?=', plain: 'a b' });
  expect(ContentType).toBe('binary/octet-stream');
});
