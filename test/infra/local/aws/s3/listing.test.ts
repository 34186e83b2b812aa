import { ListObjectsCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { startTestS3 } from '../../../../fakes/s3-test-server.ts';
import { temporaryFolder } from '../../../../fakes/temporary-folder.ts';

/** Only what `test/proof/conformance/s3/listing.ts` does not check. */

const putAll = (client: S3Client, keys: readonly string[]) =>
  Promise.all(keys.map((Key) => client.send(new PutObjectCommand({ Bucket: 'cvs', Key, Body: 'x' }))));

test('both listings repeat the parameters of the request, encoded as S3 encodes them when the request asks for it', async () => {
  const { client } = await startTestS3(await temporaryFolder());
  await putAll(client, ['R&D/a b', 'R&D/c&d/2.pdf', 'R&D/e f.pdf']);
  const question = { Bucket: 'cvs', Prefix: 'R&D/', Delimiter: '/', EncodingType: 'url' as const };
  const expected = {
    EncodingType: 'url',
    Prefix: 'R%26D/',
    Delimiter: '/',
    CommonPrefixes: [{ Prefix: 'R%26D/c%26d/' }],
    Contents: [{ Key: 'R%26D/e+f.pdf' }],
  };
  const newer = new ListObjectsV2Command({ ...question, StartAfter: 'R&D/a b' });
  expect(await client.send(newer)).toMatchObject({ ...expected, StartAfter: 'R%26D/a+b' });
  const older = new ListObjectsCommand({ ...question, Marker: 'R&D/a b' });
  expect(await client.send(older)).toMatchObject({ ...expected, Marker: 'R%26D/a+b' });
});

test('1,200 objects are listed in two pages, each object once', async () => {
  const { client } = await startTestS3(await temporaryFolder());
  const keys = Array.from({ length: 1_200 }, (_, index) => `candidates/c${index % 7}/CV ${index}.pdf`);
  for (let from = 0; from < keys.length; from += 50) await putAll(client, keys.slice(from, from + 50));
  const page = (ContinuationToken?: string) =>
    client.send(new ListObjectsV2Command({ Bucket: 'cvs', Prefix: 'candidates/', ContinuationToken }));
  const first = await page();
  const second = await page(first.NextContinuationToken);
  expect([first.Contents?.length, first.IsTruncated]).toEqual([1_000, true]);
  expect([second.Contents?.length, second.IsTruncated]).toEqual([200, false]);
  const listed = [...(first.Contents ?? []), ...(second.Contents ?? [])].map(({ Key }) => Key);
  expect(listed.toSorted()).toEqual(keys.toSorted());
});
