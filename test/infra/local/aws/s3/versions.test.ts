import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import type { CreatedObject } from '../../../../../infra/local/aws/events/s3-notification.ts';
import { startTestS3 } from '../../../../fakes/s3-test-server.ts';
import { temporaryFolder } from '../../../../fakes/temporary-folder.ts';

/** Only what `test/proof/conformance/s3/versions.ts` does not check. */

const at = { Bucket: 'cvs', Key: 'a.txt' };
const put = (client: S3Client, Body: string, Key = 'a.txt') =>
  client.send(new PutObjectCommand({ Bucket: 'cvs', Key, Body }));
const textOf = async (client: S3Client) => (await client.send(new GetObjectCommand(at))).Body?.transformToString();

test.each([
  [{ Key: 'k'.repeat(1_025) }, 'KeyTooLongError'],
  [{ Key: 'a.txt', VersionId: 'bogus' }, 'InvalidArgument'],
])('a batch that deletes %j reports %s for it, and deletes the others', async (refused, Code) => {
  const { client } = await startTestS3(await temporaryFolder());
  await put(client, 'kept');
  await put(client, 'gone', 'b.txt');
  const Objects = [refused, { Key: 'b.txt' }];
  const { Errors, Deleted } = await client.send(new DeleteObjectsCommand({ Bucket: 'cvs', Delete: { Objects } }));
  expect(Errors).toMatchObject([{ Key: refused.Key, Code }]);
  expect(Deleted).toMatchObject([{ Key: 'b.txt' }]);
  expect(await textOf(client)).toBe('kept');
});

test('an upload to a bucket without versions is reported without a version id, and its deletion leaves no marker', async () => {
  const told: CreatedObject[] = [];
  const { client } = await startTestS3(await temporaryFolder(), (object) => told.push(object), { versioning: false });
  await put(client, 'hello');
  expect(told).toHaveLength(1);
  expect(told[0]).not.toHaveProperty('versionId');
  await client.send(new DeleteObjectCommand(at));
  const { Versions, DeleteMarkers } = await client.send(new ListObjectVersionsCommand({ Bucket: 'cvs' }));
  expect([Versions, DeleteMarkers]).toEqual([undefined, undefined]);
});

test('an S3 event names key, version, ETag without quotes, the operation, and a sequencer that grows', async () => {
  const told: CreatedObject[] = [];
  const { client } = await startTestS3(await temporaryFolder(), (object) => told.push(object));
  const key = 'candidates/c1/C++ 100%.pdf';
  const first = await put(client, 'hello', key);
  const CopySource = encodeURIComponent(`cvs/${key}`);
  await client.send(new CopyObjectCommand({ Bucket: 'cvs', Key: 'copy.txt', CopySource }));
  const same = { bucket: 'cvs', etag: '5d41402abc4b2a76b9719d911017c592', sizeBytes: 5 };
  expect(told).toMatchObject([
    { ...same, key, eventName: 'ObjectCreated:Put', versionId: first.VersionId },
    { ...same, key: 'copy.txt', eventName: 'ObjectCreated:Copy' },
  ]);
  const [a = '', b = ''] = told.map(({ sequencer }) => sequencer);
  expect([a, b].join(' ')).toMatch(/^[0-9A-F]{18} [0-9A-F]{18}$/);
  expect(a < b).toBe(true);
});

test('copying an older version of an object onto it makes that version the newest', async () => {
  const { client } = await startTestS3(await temporaryFolder());
  const { VersionId } = await put(client, 'old');
  await put(client, 'young');
  await client.send(new CopyObjectCommand({ ...at, CopySource: `cvs/a.txt?versionId=${VersionId}` }));
  expect(await textOf(client)).toBe('old');
});

test('of two concurrent uploads that must be the first of their key, one fails', async () => {
  const { client } = await startTestS3(await temporaryFolder());
  const both = ['one', 'two'].map((Body) => client.send(new PutObjectCommand({ ...at, Body, IfNoneMatch: '*' })));
  const results = await Promise.allSettled(both);
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});
