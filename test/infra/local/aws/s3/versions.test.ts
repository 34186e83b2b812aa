import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import type { CreatedObject } from '../../../../../infra/local/aws/events/s3-notification.ts';
import { startTestS3 } from '../../../../fakes/s3-test-server.ts';
import { temporaryFolder } from '../../../../fakes/temporary-folder.ts';

const at = { Bucket: 'cvs', Key: 'a.txt' };
const put = (client: S3Client, Body: string, Key = 'a.txt') =>
  client.send(new PutObjectCommand({ Bucket: 'cvs', Key, Body }));
const textOf = async (client: S3Client, VersionId?: string) =>
  (await client.send(new GetObjectCommand({ ...at, VersionId }))).Body?.transformToString();

test('each upload is a version of its own, and an older one stays readable', async () => {
  const { client } = await startTestS3(await temporaryFolder());
  const { Status } = await client.send(new GetBucketVersioningCommand({ Bucket: 'cvs' }));
  expect(Status).toBe('Enabled');
  const [old, young] = [await put(client, 'old'), await put(client, 'young')];
  expect(await textOf(client)).toBe('young');
  expect(await textOf(client, old.VersionId)).toBe('old');
  const { Versions } = await client.send(new ListObjectVersionsCommand({ Bucket: 'cvs' }));
  expect(Versions).toMatchObject([
    { Key: 'a.txt', VersionId: young.VersionId, IsLatest: true, Size: 5 },
    { Key: 'a.txt', VersionId: old.VersionId, IsLatest: false, Size: 3 },
  ]);
});

test('versions are listed in pages, each once', async () => {
  const { client } = await startTestS3(await temporaryFolder());
  for (const key of ['b', 'a', 'b', 'b']) await put(client, 'x', key);
  const seen: string[] = [];
  for (let marker: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {}; marker; ) {
    const page: ListObjectVersionsCommandOutput = await client.send(
      new ListObjectVersionsCommand({ Bucket: 'cvs', MaxKeys: 1, ...marker }),
    );
    seen.push(...(page.Versions ?? []).map(({ Key, VersionId }) => `${Key} ${VersionId}`));
    const { NextKeyMarker: KeyMarker = '', NextVersionIdMarker: VersionIdMarker = '' } = page;
    marker = page.IsTruncated ? { KeyMarker, VersionIdMarker } : undefined;
  }
  expect(seen.map((one) => one.slice(0, 1))).toEqual(['a', 'b', 'b', 'b']);
  expect(new Set(seen).size).toBe(4);
});

test('a listing whose last version was deleted goes on behind it', async () => {
  const { client } = await startTestS3(await temporaryFolder());
  for (const body of ['1', '2', '3', '4', '5']) await put(client, body);
  const list = (more: object) => client.send(new ListObjectVersionsCommand({ Bucket: 'cvs', ...more }));
  const { Versions: first = [], NextKeyMarker: KeyMarker, NextVersionIdMarker } = await list({ MaxKeys: 2 });
  for (const { Key, VersionId } of first) await client.send(new DeleteObjectCommand({ Bucket: 'cvs', Key, VersionId }));
  const { Versions: rest = [] } = await list({ KeyMarker, VersionIdMarker: NextVersionIdMarker });
  expect(rest).toHaveLength(3);
  const unknown = list({ KeyMarker, VersionIdMarker: 'A'.repeat(32) });
  await expect(unknown).rejects.toMatchObject({ name: 'InvalidArgument' });
});

test.each([
  [{ Key: 'k'.repeat(1_025) }, 'KeyTooLongError'],
  [{ Key: 'a.txt', VersionId: 'bogus' }, 'InvalidArgument'],
  [{ Key: 'a.txt', ETag: '"0"' }, 'PreconditionFailed'],
])('a batch with %j reports %s for it, and deletes the others', async (refused, Code) => {
  const { client } = await startTestS3(await temporaryFolder());
  await put(client, 'kept');
  await put(client, 'gone', 'b.txt');
  const Objects = [refused, { Key: 'b.txt' }];
  const { Errors, Deleted } = await client.send(new DeleteObjectsCommand({ Bucket: 'cvs', Delete: { Objects } }));
  expect(Errors).toMatchObject([{ Key: refused.Key, Code }]);
  expect(Deleted).toMatchObject([{ Key: 'b.txt' }]);
  expect(await textOf(client)).toBe('kept');
  const { DeleteMarkers = [] } = await client.send(new ListObjectVersionsCommand({ Bucket: 'cvs' }));
  expect(DeleteMarkers.map(({ Key }) => Key)).toEqual(['b.txt']);
});

test('a deletion hides an object, and deleting the marker brings it back', async () => {
  const { client } = await startTestS3(await temporaryFolder());
  const { VersionId } = await put(client, 'kept');
  const deleted = await client.send(new DeleteObjectCommand(at));
  expect(deleted.DeleteMarker).toBe(true);
  await expect(textOf(client)).rejects.toMatchObject({ name: 'NoSuchKey' });
  expect(await textOf(client, VersionId)).toBe('kept');
  await expect(textOf(client, deleted.VersionId)).rejects.toMatchObject({ name: 'MethodNotAllowed' });
  expect((await client.send(new ListObjectsV2Command({ Bucket: 'cvs' }))).KeyCount).toBe(0);
  const { DeleteMarkers } = await client.send(new ListObjectVersionsCommand({ Bucket: 'cvs' }));
  expect(DeleteMarkers).toMatchObject([{ Key: 'a.txt', VersionId: deleted.VersionId, IsLatest: true }]);
  await client.send(new DeleteObjectCommand({ ...at, VersionId: deleted.VersionId }));
  expect(await textOf(client)).toBe('kept');
});

test('a version that is deleted is gone for good', async () => {
  const { client } = await startTestS3(await temporaryFolder());
  const { VersionId } = await put(client, 'secret');
  await client.send(new DeleteObjectCommand({ ...at, VersionId }));
  await expect(textOf(client, VersionId)).rejects.toMatchObject({ name: 'NoSuchVersion' });
  await expect(textOf(client, 'nonsense')).rejects.toMatchObject({ name: 'InvalidArgument' });
});

test('a bucket without versions replaces objects and says nothing about versions', async () => {
  const told: CreatedObject[] = [];
  const { client } = await startTestS3(await temporaryFolder(), (object) => told.push(object), { versioning: false });
  await put(client, 'old');
  const { VersionId } = await put(client, 'young');
  const head = await client.send(new HeadObjectCommand(at));
  expect([VersionId, head.VersionId, told[1]?.versionId]).toEqual([undefined, undefined, undefined]);
  const { Versions } = await client.send(new ListObjectVersionsCommand({ Bucket: 'cvs' }));
  expect(Versions).toMatchObject([{ VersionId: 'null', Size: 5 }]);
  const deleted = await client.send(new DeleteObjectCommand(at));
  expect([deleted.DeleteMarker, deleted.VersionId]).toEqual([undefined, undefined]);
  const { Versions: none, DeleteMarkers } = await client.send(new ListObjectVersionsCommand({ Bucket: 'cvs' }));
  expect([none, DeleteMarkers]).toEqual([undefined, undefined]);
});

test('many keys are deleted with one call, keys that do not exist included', async () => {
  const { client } = await startTestS3(await temporaryFolder());
  const keys = ['a', 'R&D <1>', ' '];
  for (const key of keys) await put(client, 'x', key);
  const answer = await client.send(
    new DeleteObjectsCommand({ Bucket: 'cvs', Delete: { Objects: [...keys, 'never'].map((Key) => ({ Key })) } }),
  );
  expect(answer.Deleted?.map(({ Key, DeleteMarker }) => [Key, DeleteMarker])).toEqual(
    [...keys, 'never'].map((key) => [key, true]),
  );
  expect((await client.send(new ListObjectsV2Command({ Bucket: 'cvs' }))).KeyCount).toBe(0);
});

test('an event names the version, its ETag without quotes, what made it, and a sequencer that grows', async () => {
  const told: CreatedObject[] = [];
  const { client } = await startTestS3(await temporaryFolder(), (object) => told.push(object));
  const first = await put(client, 'hello');
  await client.send(new CopyObjectCommand({ Bucket: 'cvs', Key: 'copy.txt', CopySource: 'cvs/a.txt' }));
  expect(told).toMatchObject([
    {
      eventName: 'ObjectCreated:Put',
      etag: '5d41402abc4b2a76b9719d911017c592',
      versionId: first.VersionId,
      sizeBytes: 5,
    },
    { eventName: 'ObjectCreated:Copy', etag: '5d41402abc4b2a76b9719d911017c592', sizeBytes: 5 },
  ]);
  const [a = '', b = ''] = told.map(({ sequencer }) => sequencer);
  expect([a, b].join(' ')).toMatch(/^[0-9A-F]{18} [0-9A-F]{18}$/);
  expect(a < b).toBe(true);
});

test('a copy onto itself must change something, unless it brings an older version back', async () => {
  const { client } = await startTestS3(await temporaryFolder());
  const { VersionId } = await put(client, 'old');
  await put(client, 'young');
  const copy = (CopySource: string, more = {}) => client.send(new CopyObjectCommand({ ...at, CopySource, ...more }));
  await expect(copy('cvs/a.txt')).rejects.toMatchObject({ name: 'InvalidRequest' });
  const restored = await copy(`cvs/a.txt?versionId=${VersionId}`);
  expect(restored.CopySourceVersionId).toBe(VersionId);
  expect(await textOf(client)).toBe('old');
  await expect(copy('cvs/a.txt', { CopySourceIfMatch: '"other"', StorageClass: 'GLACIER' })).rejects.toMatchObject({
    name: 'PreconditionFailed',
  });
});

test('an upload can be made to depend on what is under its key', async () => {
  const { client } = await startTestS3(await temporaryFolder());
  const under = (condition: object) => client.send(new PutObjectCommand({ ...at, Body: 'x', ...condition }));
  await expect(under({ IfMatch: '"x"' })).rejects.toMatchObject({ name: 'NoSuchKey' });
  const { ETag } = await under({ IfNoneMatch: '*' });
  await expect(under({ IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
  await expect(under({ IfMatch: '"x"' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
  expect(await under({ IfMatch: ETag })).toMatchObject({ ETag });
});

test('of two first uploads at the same time, one fails', async () => {
  const { client } = await startTestS3(await temporaryFolder());
  const both = ['one', 'two'].map((Body) => client.send(new PutObjectCommand({ ...at, Body, IfNoneMatch: '*' })));
  const results = await Promise.allSettled(both);
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});
