import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  DeleteObjectCommand,
  HeadObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { s3Storage } from '../../../lib/aws/s3-storage.ts';
import { startTestS3 } from '../../fakes/s3-test-server.ts';

const bytes = Buffer.from('A CV of nobody. '.repeat(1_000));
const etag = createHash('md5').update(bytes).digest('hex');
const key = 'candidates/GRK123/Jo Roe + CV.txt';
const signal = new AbortController().signal;

const filledBucket = async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 's3-storage-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const { client } = await startTestS3(directory);
  const put = new PutObjectCommand({
    Bucket: 'cvs',
    Key: key,
    Body: bytes,
    ContentType: 'text/plain',
    Metadata: { filename: 'Jo.txt' },
  });
  await client.send(put);
  return { client, storage: s3Storage(client) };
};

const readAll = async (chunks: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const pieces: Uint8Array[] = [];
  for await (const chunk of chunks) pieces.push(Buffer.from(chunk));
  return Buffer.concat(pieces);
};

describe('over the real protocol', () => {
  test('an opened object has its headers, its checksum and its bytes', async () => {
    const { storage } = await filledBucket();
    const opened = await storage.open({ bucket: 'cvs', key, etag }, signal);
    if (!opened.ok) throw new Error(opened.error.detail);
    expect(opened.value).toMatchObject({
      etag,
      sizeBytes: bytes.length,
      contentType: 'text/plain',
      metadata: { filename: 'Jo.txt' },
      checksum: { algorithm: 'CRC32' },
    });
    expect((await readAll(opened.value.chunks)).equals(bytes)).toBe(true);
    opened.value.close();
  });

  test('opening is refused when another object is under the same key', async () => {
    const { storage } = await filledBucket();
    const opened = await storage.open({ bucket: 'cvs', key, etag: 'f'.repeat(32) }, signal);
    expect(opened).toMatchObject({ ok: false, error: { code: 'OBJECT_REPLACED' } });
  });

  test('a deleted object is distinguished from a bucket that does not exist', async () => {
    const { client, storage } = await filledBucket();
    await client.send(new DeleteObjectCommand({ Bucket: 'cvs', Key: key }));
    expect(await storage.open({ bucket: 'cvs', key, etag }, signal)).toMatchObject({
      error: { code: 'OBJECT_DELETED' },
    });
    expect(await storage.find('cvs', key, signal)).toMatchObject({ error: { code: 'OBJECT_DELETED' } });
    expect(await storage.open({ bucket: 'no-such-bucket', key, etag }, signal)).toMatchObject({
      error: { code: 'BUCKET_NOT_FOUND' },
    });
  });

  test('the object under a key is found, with its ETag without quotes and the same date as when it is opened', async () => {
    const { storage } = await filledBucket();
    const opened = await storage.open({ bucket: 'cvs', key, etag }, signal);
    if (!opened.ok) throw new Error(opened.error.detail);
    opened.value.close();
    const { modifiedAt } = opened.value;
    expect(modifiedAt).toBeTypeOf('number');
    expect(await storage.find('cvs', key, signal)).toEqual({
      ok: true,
      value: { bucket: 'cvs', key, etag, sizeBytes: bytes.length, versionId: expect.any(String), modifiedAt },
    });
  });

  test('a signed link reads one version without credentials, even after the object was replaced', async () => {
    const { client, storage } = await filledBucket();
    const opened = await storage.open({ bucket: 'cvs', key, etag }, signal);
    if (!opened.ok) throw new Error(opened.error.detail);
    opened.value.close();
    const { versionId = '' } = opened.value;
    const options = { lifetimeSeconds: 60, contentType: 'text/plain', versionId };
    const link = await storage.link({ bucket: 'cvs', key, etag }, options);
    await client.send(new PutObjectCommand({ Bucket: 'cvs', Key: key, Body: 'Another CV.' }));
    expect(Buffer.from(await (await fetch(link)).arrayBuffer()).equals(bytes)).toBe(true);
    expect(new URL(link).searchParams.get('X-Amz-Expires')).toBe('60');
  });

  test('the version id "null" of a bucket with suspended versioning counts as no version', async () => {
    const { client, storage } = await filledBucket();
    const VersioningConfiguration = { Status: 'Suspended' } as const;
    await client.send(new PutBucketVersioningCommand({ Bucket: 'cvs', VersioningConfiguration }));
    await client.send(new PutObjectCommand({ Bucket: 'cvs', Key: key, Body: bytes }));
    expect((await client.send(new HeadObjectCommand({ Bucket: 'cvs', Key: key }))).VersionId).toBe('null');
    const opened = await storage.open({ bucket: 'cvs', key, etag }, signal);
    if (!opened.ok) throw new Error(opened.error.detail);
    opened.value.close();
    expect(opened.value).not.toHaveProperty('versionId');
    const found = await storage.find('cvs', key, signal);
    expect(found.ok && found.value).not.toHaveProperty('versionId');
  });

  test('objects are listed in pages, after a key', async () => {
    const { client, storage } = await filledBucket();
    await client.send(new PutObjectCommand({ Bucket: 'cvs', Key: 'candidates/GRK124/a.txt', Body: 'a' }));
    const all = await storage.list('cvs', { prefix: 'candidates/' }, signal);
    expect(all.ok && all.value.objects.map((object) => object.key)).toEqual([key, 'candidates/GRK124/a.txt']);
    const rest = await storage.list('cvs', { prefix: 'candidates/', afterKey: key }, signal);
    expect(rest.ok && rest.value.objects.map((object) => object.key)).toEqual(['candidates/GRK124/a.txt']);
    expect(rest.ok && rest.value).not.toHaveProperty('next');
  });

  test('the folders at the root are listed, decoded, when a delimiter is given', async () => {
    const { client, storage } = await filledBucket();
    await client.send(new PutObjectCommand({ Bucket: 'cvs', Key: 'old CVs/a.txt', Body: 'a' }));
    await client.send(new PutObjectCommand({ Bucket: 'cvs', Key: 'b.txt', Body: 'b' }));
    const root = await storage.list('cvs', { prefix: '', delimiter: '/' }, signal);
    expect(root).toMatchObject({
      ok: true,
      value: { objects: [{ key: 'b.txt' }], folders: ['candidates/', 'old CVs/'] },
    });
  });
});

/** What S3 answers to each listing in turn; the queries of the requests are kept. */
const storageListing = async (...pages: readonly string[]) => {
  const asked: Record<string, string>[] = [];
  const storage = await storageAnswering(({ url = '' }, response) => {
    const query = Object.fromEntries(new URL(url, 'http://s3').searchParams);
    response.writeHead(200, { 'content-type': 'application/xml' });
    response.end(`<ListBucketResult><EncodingType>url</EncodingType>${pages[asked.length]}</ListBucketResult>`);
    asked.push(query);
  });
  return { asked, storage };
};

const listedCv =
  '<Contents><Key>candidates/a+b.pdf</Key><ETag>"e"</ETag><Size>5</Size><LastModified>2026-01-05T09:00:00.000Z</LastModified></Contents>';

test('an empty page that S3 has truncated is continued by its token, no longer by a key', async () => {
  const { asked, storage } = await storageListing(
    '<IsTruncated>true</IsTruncated><NextContinuationToken>1/a+b=</NextContinuationToken>',
    `<IsTruncated>false</IsTruncated>${listedCv}`,
  );
  const range = { prefix: 'candidates/', afterKey: 'candidates/Z' };
  expect(await storage.list('cvs', range, signal)).toEqual({
    ok: true,
    value: { objects: [], folders: [], next: '1/a+b=' },
  });
  expect(await storage.list('cvs', { ...range, token: '1/a+b=' }, signal)).toEqual({
    ok: true,
    value: {
      objects: [{ key: 'candidates/a b.pdf', etag: 'e', sizeBytes: 5, modifiedAt: Date.UTC(2026, 0, 5, 9) }],
      folders: [],
    },
  });
  expect(asked).toMatchObject([{ 'start-after': 'candidates/Z' }, { 'continuation-token': '1/a+b=' }]);
  expect(asked[0]).not.toHaveProperty('continuation-token');
  expect(asked[1]).not.toHaveProperty('start-after');
});

test('a truncated page without a token is a failure, never the end of the listing', async () => {
  const { storage } = await storageListing(`<IsTruncated>true</IsTruncated>${listedCv}`);
  expect(await storage.list('cvs', { prefix: '' }, signal)).toMatchObject({
    ok: false,
    error: { code: 'STORAGE_UNAVAILABLE' },
  });
});

const storageAnswering = async (answer: RequestListener) => {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  const { port } = server.address() as AddressInfo;
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${port}`,
    forcePathStyle: true,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  });
  onTestFinished(() => client.destroy());
  return s3Storage(client);
};

/** S3's errors, as S3 writes them. */
const storageRefusing = (status: number, code: string) =>
  storageAnswering((_, response) => {
    response.writeHead(status, { 'content-type': 'application/xml' });
    response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>No.</Message></Error>`);
  });

test('an object whose response has no length is not read as an empty file', async () => {
  const storage = await storageAnswering((_, response) => {
    // Without a length the response is chunked.
    response.writeHead(200, { etag: `"${etag}"` });
    response.end(bytes);
  });
  const opened = await storage.open({ bucket: 'cvs', key, etag }, signal);
  expect(opened).toMatchObject({ ok: false, error: { code: 'STORAGE_UNAVAILABLE' } });
  const found = await storage.find('cvs', key, signal);
  expect(found).toEqual({ ok: true, value: { bucket: 'cvs', key, etag } });
});

test.each([
  [404, 'NoSuchKey', 'OBJECT_DELETED'],
  [404, 'NoSuchBucket', 'BUCKET_NOT_FOUND'],
  [412, 'PreconditionFailed', 'OBJECT_REPLACED'],
  [403, 'AccessDenied', 'STORAGE_DENIED'],
  [400, 'KMS.DisabledException', 'STORAGE_DENIED'],
  [403, 'InvalidObjectState', 'OBJECT_ARCHIVED'],
  [503, 'SlowDown', 'STORAGE_UNAVAILABLE'],
  [500, 'InternalError', 'STORAGE_UNAVAILABLE'],
])('HTTP %i %s of S3 becomes %s', async (status, code, expected) => {
  const storage = await storageRefusing(status, code);
  const opened = await storage.open({ bucket: 'cvs', key, etag }, signal);
  expect(opened).toMatchObject({ ok: false, error: { code: expected } });
  expect(JSON.stringify(opened)).not.toContain('Jo Roe');
});
