import {
  CreateMultipartUploadCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { s3Storage } from '../../../../../lib/aws/s3-storage.ts';
import { startTestS3 } from '../../../../fakes/s3-test-server.ts';
import { temporaryFolder } from '../../../../fakes/temporary-folder.ts';

const bucketWith = async (keys: readonly string[]) => {
  const { client } = await startTestS3(await temporaryFolder());
  for (const key of keys) await client.send(new PutObjectCommand({ Bucket: 'cvs', Key: key, Body: 'x' }));
  return client;
};

const oddKeys = [
  ['<b>bold</b>.pdf', '%3Cb%3Ebold%3C/b%3E.pdf'],
  ['R&D "CV".pdf', 'R%26D+%22CV%22.pdf'],
  ['a&lt;b&amp;c.pdf', 'a%26lt%3Bb%26amp%3Bc.pdf'],
  [`it's & 'that' \`x\`.pdf`, 'it%27s+%26+%27that%27+%60x%60.pdf'],
  ['C++ 100%.pdf', 'C%2B%2B+100%25.pdf'],
  ['%2B.pdf', '%252B.pdf'],
  ['Zoë 履歴書 😀.pdf', 'Zo%C3%AB+%E5%B1%A5%E6%AD%B4%E6%9B%B8+%F0%9F%98%80.pdf'],
  ['(1)!*.pdf', '%281%29%21%2A.pdf'],
] as const;

describe.each(oddKeys)('the key %s', (key, encoded) => {
  test('is listed as it was typed', async () => {
    const client = await bucketWith([key]);
    const plain = await client.send(new ListObjectsV2Command({ Bucket: 'cvs' }));
    expect(plain.Contents).toMatchObject([{ Key: key, Size: 1, ETag: '"9dd4e461268c8034f5c8564e155c67a6"' }]);
    expect(plain.EncodingType).toBeUndefined();
  });

  test('is listed encoded as S3 encodes it, where that was asked for', async () => {
    const client = await bucketWith([key]);
    const page = await client.send(new ListObjectsV2Command({ Bucket: 'cvs', EncodingType: 'url' }));
    expect(page.Contents).toMatchObject([{ Key: encoded, Size: 1, ETag: '"9dd4e461268c8034f5c8564e155c67a6"' }]);
    expect(page.EncodingType).toBe('url');
  });

  test('comes through our own listing', async () => {
    const storage = s3Storage(await bucketWith([key]));
    const page = await storage.list('cvs', { prefix: '' }, AbortSignal.timeout(10_000));
    expect(page).toMatchObject({ ok: true, value: { objects: [{ key, sizeBytes: 1 }] } });
    expect(page.ok && page.value).not.toHaveProperty('next');
  });
});

test('characters that XML cannot hold come through encoded', async () => {
  const client = await bucketWith(['a\u0001b\n.pdf']);
  const { Contents } = await client.send(new ListObjectsV2Command({ Bucket: 'cvs', EncodingType: 'url' }));
  expect(Contents).toMatchObject([{ Key: 'a%01b%0A.pdf' }]);
});

test('prefix, delimiter, start and common prefixes are encoded as well', async () => {
  const client = await bucketWith(['R&D/a b/1.pdf', 'R&D/c&d/2.pdf', 'R&D/e.pdf']);
  const question = { Bucket: 'cvs', Prefix: 'R&D/', Delimiter: '/', StartAfter: 'R&D/a' };
  expect(await client.send(new ListObjectsV2Command(question))).toMatchObject({
    Prefix: 'R&D/',
    Delimiter: '/',
    StartAfter: 'R&D/a',
    CommonPrefixes: [{ Prefix: 'R&D/a b/' }, { Prefix: 'R&D/c&d/' }],
    Contents: [{ Key: 'R&D/e.pdf' }],
    KeyCount: 3,
  });
  expect(await client.send(new ListObjectsV2Command({ ...question, EncodingType: 'url' }))).toMatchObject({
    Prefix: 'R%26D/',
    Delimiter: '/',
    StartAfter: 'R%26D/a',
    CommonPrefixes: [{ Prefix: 'R%26D/a+b/' }, { Prefix: 'R%26D/c%26d/' }],
    Contents: [{ Key: 'R%26D/e.pdf' }],
  });
});

test('the older listing answers alike', async () => {
  const client = await bucketWith(['R&D 1.pdf', 'R&D 2.pdf']);
  const question = { Bucket: 'cvs', Marker: 'R&D 1.pdf' };
  expect(await client.send(new ListObjectsCommand(question))).toMatchObject({
    Marker: 'R&D 1.pdf',
    Contents: [{ Key: 'R&D 2.pdf', Owner: { ID: 'local' } }],
  });
  expect(await client.send(new ListObjectsCommand({ ...question, EncodingType: 'url' }))).toMatchObject({
    Marker: 'R%26D+1.pdf',
    Contents: [{ Key: 'R%26D+2.pdf' }],
  });
});

test('keys are listed in their order, so that pages leave none out', async () => {
  // As paths of files they have another order: "-" and blank come before "." and "/".
  const keys = ['a b/1', 'a-b/1', 'a.pdf', 'a.pdf (2).pdf', 'a.pdf-old', 'a/1', 'a/1-2', 'b'];
  const client = await bucketWith(keys.toReversed());
  const byStart: string[] = [];
  const byToken: string[] = [];
  for (let token: string | undefined, more = true; more; ) {
    const page = await client.send(new ListObjectsV2Command({ Bucket: 'cvs', MaxKeys: 1, StartAfter: byStart.at(-1) }));
    byStart.push(...(page.Contents ?? []).map(({ Key = '' }) => Key));
    const next = await client.send(new ListObjectsV2Command({ Bucket: 'cvs', MaxKeys: 1, ContinuationToken: token }));
    byToken.push(...(next.Contents ?? []).map(({ Key = '' }) => Key));
    token = next.NextContinuationToken;
    more = page.IsTruncated === true || token !== undefined;
  }
  expect(byStart).toEqual(keys);
  expect(byToken).toEqual(keys);
});

test('1,200 objects come in two pages, each object once', async () => {
  const { client } = await startTestS3(await temporaryFolder());
  const keys = Array.from({ length: 1_200 }, (_, index) => `candidates/c${index % 7}/CV ${index}.pdf`);
  for (let from = 0; from < keys.length; from += 50) {
    await Promise.all(
      keys.slice(from, from + 50).map((Key) => client.send(new PutObjectCommand({ Bucket: 'cvs', Key, Body: 'x' }))),
    );
  }
  const first = await client.send(new ListObjectsV2Command({ Bucket: 'cvs', Prefix: 'candidates/' }));
  expect([first.Contents?.length, first.IsTruncated]).toEqual([1_000, true]);
  const second = await client.send(
    new ListObjectsV2Command({
      Bucket: 'cvs',
      Prefix: 'candidates/',
      ContinuationToken: first.NextContinuationToken,
    }),
  );
  expect([second.Contents?.length, second.IsTruncated]).toEqual([200, false]);
  const listed = [...(first.Contents ?? []), ...(second.Contents ?? [])].map(({ Key }) => Key);
  expect(listed.toSorted()).toEqual(keys.toSorted());

  const storage = s3Storage(client);
  const own = await storage.list('cvs', { prefix: 'candidates/' }, AbortSignal.timeout(10_000));
  const token = own.ok ? own.value.next : undefined;
  if (token === undefined) throw new Error('The listing names no next page.');
  const rest = await storage.list('cvs', { prefix: 'candidates/', token }, AbortSignal.timeout(10_000));
  expect(rest.ok && [rest.value.objects.length, rest.value.next]).toEqual([200, undefined]);
});

test('a prefix that no key has gives an empty listing, a bucket that does not exist an error', async () => {
  const client = await bucketWith(['a/b.pdf']);
  const { Contents, KeyCount } = await client.send(new ListObjectsV2Command({ Bucket: 'cvs', Prefix: 'no/such/' }));
  expect([Contents, KeyCount]).toEqual([undefined, 0]);
  await expect(client.send(new ListObjectsV2Command({ Bucket: 'other' }))).rejects.toMatchObject({
    name: 'NoSuchBucket',
  });
});

test('a prefix is a beginning of keys, not a folder', async () => {
  const client = await bucketWith(['cand/1', 'candidates/c1/CV.pdf', 'candidates/c2/CV.pdf', 'other']);
  const keysUnder = async (Prefix: string) =>
    (await client.send(new ListObjectsV2Command({ Bucket: 'cvs', Prefix }))).Contents?.map(({ Key }) => Key);
  expect(await keysUnder('cand')).toEqual(['cand/1', 'candidates/c1/CV.pdf', 'candidates/c2/CV.pdf']);
  expect(await keysUnder('candidates/c')).toEqual(['candidates/c1/CV.pdf', 'candidates/c2/CV.pdf']);
  expect(await keysUnder('candidates/c1/CV.pdf')).toEqual(['candidates/c1/CV.pdf']);
});

test('what is a folder for some keys may be an object itself', async () => {
  const client = await bucketWith(['a/', 'a', 'a/b']);
  const { Contents } = await client.send(new ListObjectsV2Command({ Bucket: 'cvs' }));
  expect(Contents?.map(({ Key }) => Key)).toEqual(['a', 'a/', 'a/b']);
});

test('keys are in the order of their UTF-8 bytes, in which an emoji comes after U+FF5E', async () => {
  const client = await bucketWith(['😀.pdf', '\uff5e.pdf', 'é.pdf', 'z.pdf']);
  const { Contents } = await client.send(new ListObjectsV2Command({ Bucket: 'cvs' }));
  expect(Contents?.map(({ Key }) => Key)).toEqual(['z.pdf', 'é.pdf', '\uff5e.pdf', '😀.pdf']);
});

test('a page of common prefixes continues after them, with each kind of listing', async () => {
  const client = await bucketWith(['a/1', 'a/2', 'b', 'c/1']);
  const grouped = { Bucket: 'cvs', Delimiter: '/', MaxKeys: 1 };
  const first = await client.send(new ListObjectsV2Command(grouped));
  const second = await client.send(
    new ListObjectsV2Command({ ...grouped, ContinuationToken: first.NextContinuationToken }),
  );
  expect([first.CommonPrefixes, second.Contents?.[0]?.Key]).toEqual([[{ Prefix: 'a/' }], 'b']);
  const older = await client.send(new ListObjectsCommand(grouped));
  expect(older).toMatchObject({ CommonPrefixes: [{ Prefix: 'a/' }], NextMarker: 'a/', IsTruncated: true });
  const next = await client.send(new ListObjectsCommand({ ...grouped, Marker: older.NextMarker }));
  expect(next).toMatchObject({ Contents: [{ Key: 'b' }], NextMarker: 'b' });
});

test('no keys are listed where none were asked for, and a token of another server is refused', async () => {
  const client = await bucketWith(['a']);
  const none = await client.send(new ListObjectsV2Command({ Bucket: 'cvs', MaxKeys: 0 }));
  expect([none.KeyCount, none.IsTruncated]).toEqual([0, false]);
  await expect(
    client.send(
      new ListObjectsV2Command({ Bucket: 'cvs', ContinuationToken: '1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=' }),
    ),
  ).rejects.toMatchObject({ name: 'InvalidArgument' });
});

test('other answers tell a key as it was typed, too', async () => {
  const client = await bucketWith([]);
  const answer = await client.send(new CreateMultipartUploadCommand({ Bucket: 'cvs', Key: 'R&D <1>.pdf' }));
  expect(answer.Key).toBe('R&D <1>.pdf');
});
