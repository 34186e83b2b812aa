import {
  DeleteObjectTaggingCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { expect, test } from 'vitest';
import { sendRaw } from '../../../../fakes/raw-s3.ts';
import { startTestS3 } from '../../../../fakes/s3-test-server.ts';
import { temporaryFolder } from '../../../../fakes/temporary-folder.ts';

const at = { Bucket: 'cvs', Key: 'a.txt' };

const bucketWith = async (Body: string, more = {}) => {
  const { server, client } = await startTestS3(await temporaryFolder());
  await client.send(new PutObjectCommand({ ...at, Body, ...more }));
  return { url: server.url, client };
};

test.each([
  ['bytes=2-4', 206, 'llo', '2-4/5'],
  ['bytes=2-', 206, 'llo', '2-4/5'],
  ['bytes=-2', 206, 'lo', '3-4/5'],
  ['bytes=-9', 206, 'hello', '0-4/5'],
  ['bytes=4-99', 206, 'o', '4-4/5'],
  ['bytes=0-1,3-4', 200, 'hello', undefined],
  ['bytes=4-2', 200, 'hello', undefined],
  ['lines=1-2', 200, 'hello', undefined],
])('the range %s of "hello" is answered with %i %s', async (range, status, body, contentRange) => {
  const { url } = await bucketWith('hello');
  const answer = await sendRaw(url, ['GET /cvs/a.txt HTTP/1.1', 'Connection: close', `Range: ${range}`]);
  expect(answer).toMatchObject({ status, body });
  expect(/content-range: bytes (.*)/i.exec(answer.headers)?.[1]).toBe(contentRange);
});

test.each([
  ['hello', 'bytes=5-'],
  ['hello', 'bytes=-0'],
  ['', 'bytes=0-'],
])('a range past the end of %j is refused with 416 InvalidRange', async (body, range) => {
  const { url } = await bucketWith(body);
  const answer = await sendRaw(url, ['GET /cvs/a.txt HTTP/1.1', 'Connection: close', `Range: ${range}`]);
  expect(answer).toMatchObject({ status: 416, code: 'InvalidRange' });
  expect(answer.body).toContain(`<ActualObjectSize>${body.length}</ActualObjectSize>`);
});

const etag = '"5d41402abc4b2a76b9719d911017c592"';
test.each([
  ['If-Match', etag, 200],
  ['If-Match', '*', 200],
  ['If-Match', '"other"', 412],
  ['If-None-Match', '"other"', 200],
  ['If-None-Match', `"other", ${etag}`, 304],
])('%s: %s is answered with %i', async (name, value, status) => {
  const { url } = await bucketWith('hello');
  const head = ['GET /cvs/a.txt HTTP/1.1', 'Connection: close', `${name}: ${value}`];
  expect((await sendRaw(url, head)).status).toBe(status);
});

test('HEAD reports what GET reports, without a body', async () => {
  const { client } = await bucketWith('hello', { ContentType: 'text/plain', CacheControl: 'no-store' });
  const head = await client.send(new HeadObjectCommand({ ...at, ChecksumMode: 'ENABLED' }));
  expect(head).toMatchObject({ ContentLength: 5, ETag: etag, ContentType: 'text/plain', CacheControl: 'no-store' });
  expect(head).toMatchObject({ ChecksumCRC32: 'NhCmhg==', ChecksumType: 'FULL_OBJECT', AcceptRanges: 'bytes' });
  await expect(client.send(new HeadObjectCommand({ ...at, Key: 'no' }))).rejects.toMatchObject({ name: 'NotFound' });
});

test('a link can name other headers for its answer, and reads until it ends', async () => {
  const { client } = await bucketWith('hello');
  const command = new GetObjectCommand({
    ...at,
    ResponseContentType: 'application/pdf',
    ResponseContentDisposition: 'attachment; filename="CV.pdf"',
  });
  const good = await fetch(await getSignedUrl(client, command, { expiresIn: 60 }));
  expect([good.status, await good.text()]).toEqual([200, 'hello']);
  expect(good.headers.get('content-type')).toBe('application/pdf');
  expect(good.headers.get('content-disposition')).toBe('attachment; filename="CV.pdf"');

  const signingDate = new Date(Date.now() - 61_000);
  const late = await fetch(await getSignedUrl(client, command, { expiresIn: 60, signingDate }));
  expect(late.status).toBe(403);
  expect(await late.text()).toContain('<Code>AccessDenied</Code><Message>Request has expired</Message>');
});

test.each(['GLACIER', 'DEEP_ARCHIVE'] as const)(
  'an object in %s is listed and described, but not read',
  async (StorageClass) => {
    const { client } = await bucketWith('hello', { StorageClass });
    expect(await client.send(new HeadObjectCommand(at))).toMatchObject({ StorageClass, ContentLength: 5 });
    await expect(client.send(new GetObjectCommand(at))).rejects.toMatchObject({
      name: 'InvalidObjectState',
      StorageClass,
    });
  },
);

test('tags come with an upload, and are changed and deleted without a new version', async () => {
  const { client } = await bucketWith('hello', { Tagging: 'scan=clean&team=R%2BD' });
  const tags = async () => (await client.send(new GetObjectTaggingCommand(at))).TagSet;
  expect(await tags()).toEqual([
    { Key: 'scan', Value: 'clean' },
    { Key: 'team', Value: 'R+D' },
  ]);
  const { VersionId, TagCount } = await client.send(new GetObjectCommand(at));
  expect(TagCount).toBe(2);
  const changed = await client.send(
    new PutObjectTaggingCommand({
      ...at,
      Tagging: { TagSet: [{ Key: 'GuardDutyMalwareScanStatus', Value: 'THREATS_FOUND' }] },
    }),
  );
  expect(changed.VersionId).toBe(VersionId);
  expect(await tags()).toEqual([{ Key: 'GuardDutyMalwareScanStatus', Value: 'THREATS_FOUND' }]);
  const TagSet = [1, 2].map(() => ({ Key: 'same', Value: 'x' }));
  await expect(client.send(new PutObjectTaggingCommand({ ...at, Tagging: { TagSet } }))).rejects.toMatchObject({
    name: 'InvalidTag',
  });
  await client.send(new DeleteObjectTaggingCommand(at));
  expect(await tags()).toEqual([]);
});

test('the bucket says where it is, and what is not simulated is refused by name', async () => {
  const { url, client } = await bucketWith('hello');
  const location = await client.send(new GetBucketLocationCommand({ Bucket: 'cvs' }));
  expect(location.LocationConstraint).toBe('eu-central-1');
  expect(await client.send(new HeadBucketCommand({ Bucket: 'cvs' }))).toMatchObject({ BucketRegion: 'eu-central-1' });
  expect((await client.send(new ListBucketsCommand({}))).Buckets).toMatchObject([{ Name: 'cvs' }]);
  const call = (head: string) => sendRaw(url, [head, 'Connection: close']);
  for (const target of ['/cvs?replication', '/cvs/a.txt?attributes', '/cvs/a.txt?partNumber=1']) {
    expect(await call(`GET ${target} HTTP/1.1`)).toMatchObject({ status: 501, code: 'NotImplemented' });
  }
  expect(await call('PATCH /cvs/a.txt HTTP/1.1')).toMatchObject({ status: 405, code: 'MethodNotAllowed' });
  expect(await call('GET /cvs/a.txt?response-content-type=a%0Ab HTTP/1.1')).toMatchObject({ code: 'InvalidArgument' });
  expect(await call('GET /cvs?max-keys=many HTTP/1.1')).toMatchObject({ status: 400, code: 'InvalidArgument' });
});
