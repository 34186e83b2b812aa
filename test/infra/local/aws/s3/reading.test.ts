import { GetBucketLocationCommand, HeadBucketCommand, ListBucketsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { sendRaw } from '../../../../fakes/raw-s3.ts';
import { startTestS3 } from '../../../../fakes/s3-test-server.ts';
import { temporaryFolder } from '../../../../fakes/temporary-folder.ts';

/** Requests that `test/proof/conformance/s3` does not make, because no SDK sends these bytes. */

const bucketWith = async (Body: string) => {
  const { server, client } = await startTestS3(await temporaryFolder());
  await client.send(new PutObjectCommand({ Bucket: 'cvs', Key: 'a.txt', Body }));
  const get = (...more: readonly string[]) =>
    sendRaw(server.url, ['GET /cvs/a.txt HTTP/1.1', 'Connection: close', ...more]);
  return { url: server.url, client, get };
};

const etag = '"5d41402abc4b2a76b9719d911017c592"';
test.each([
  ['Range: bytes=4-2', 200],
  ['If-Match: *', 200],
  [`If-None-Match: "other", ${etag}`, 304],
])('a GET of "hello" with %s is answered with %i', async (header, status) => {
  const { get } = await bucketWith('hello');
  expect(await get(header)).toMatchObject({ status, body: status === 200 ? 'hello' : '' });
});

test('a range of the last 0 bytes is refused, with the size of the object', async () => {
  const { get } = await bucketWith('hello');
  const answer = await get('Range: bytes=-0');
  expect(answer).toMatchObject({ status: 416, code: 'InvalidRange' });
  expect(answer.body).toContain('<ActualObjectSize>5</ActualObjectSize>');
});

test('the local S3 reports the region of its bucket', async () => {
  const { client } = await bucketWith('hello');
  const location = await client.send(new GetBucketLocationCommand({ Bucket: 'cvs' }));
  expect(location.LocationConstraint).toBe('eu-central-1');
  expect(await client.send(new HeadBucketCommand({ Bucket: 'cvs' }))).toMatchObject({ BucketRegion: 'eu-central-1' });
  expect((await client.send(new ListBucketsCommand({}))).Buckets).toMatchObject([{ Name: 'cvs' }]);
});

test.each([
  ['/cvs?replication', 501, 'NotImplemented'],
  ['/cvs/a.txt?attributes', 501, 'NotImplemented'],
  ['/cvs/a.txt?partNumber=1', 501, 'NotImplemented'],
  ['/cvs/a.txt?response-content-type=a%0Ab', 400, 'InvalidArgument'],
  ['/cvs/a.txt?versionId=nonsense', 400, 'InvalidArgument'],
  [`/cvs?versions&key-marker=a&version-id-marker=${'A'.repeat(32)}`, 400, 'InvalidArgument'],
])('GET %s, which is not simulated or makes no sense, is refused with %i %s', async (target, status, code) => {
  const { url } = await bucketWith('hello');
  expect(await sendRaw(url, [`GET ${target} HTTP/1.1`, 'Connection: close'])).toMatchObject({ status, code });
});
