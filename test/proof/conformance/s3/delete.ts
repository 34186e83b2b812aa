import { createHash } from 'node:crypto';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
} from '@aws-sdk/client-s3';
import { equal } from '../expect.ts';
import { createBucket, removeBucket } from './buckets.ts';
import { md5 } from './checksum-values.ts';
import { answered, api, check, guide, refused, type S3, type S3Check } from './context.ts';

const creating = api('CreateBucket');
const page = api('DeleteObjects');
const naming = guide('General purpose bucket naming rules');
const conditional = guide('How to perform conditional deletes');

const batch = (s3: S3, keys: readonly string[], Quiet = false) =>
  s3.client.send(
    new DeleteObjectsCommand({ Bucket: s3.bucket, Delete: { Objects: keys.map((Key) => ({ Key })), Quiet } }),
  );

const batchBody = (keys: readonly string[]): string =>
  `<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${keys.map((key) => `<Object><Key>${key}</Key></Object>`).join('')}</Delete>`;

const malformed: Readonly<Record<string, (body: string) => string>> = {
  'a second root': (body) => `${body}<Delete/>`,
  'a bare ampersand': (body) => body.replace('<Key>', '<Key>R&D'),
  'an attribute twice': (body) => body.replace('<Object>', '<Object a="1" a="2">'),
  'a NUL': (body) => body.replace('<Key>', '<Key>\0'),
};

const rawBatch = (s3: S3, body: string, headers: Readonly<Record<string, string>>) =>
  s3.raw('POST', undefined, { query: { delete: '' }, body, headers });

export const deletes: readonly S3Check[] = [
  check('DELETE answers 204, and the object no longer exists', api('DeleteObject'), async (s3, key) => {
    await s3.put(key);
    const answer = await s3.raw('DELETE', key);
    answered(answer, 204);
    equal(answer.body.length, 0, 'bytes of the body');
    await s3.isAbsent(key);
  }),
  check('DELETE of a missing key answers 204', api('DeleteObject'), async (s3) => {
    answered(await s3.raw('DELETE', s3.key('missing')), 204);
  }),
  check('A batch delete reports every key, missing ones as deleted', page, async (s3) => {
    const keys = [s3.key('a'), s3.key('b & <c>.pdf'), s3.key('missing')];
    await s3.put(s3.key('a'));
    await s3.put(s3.key('b & <c>.pdf'));
    const { Deleted = [], Errors = [] } = await batch(s3, keys);
    equal(Deleted.map(({ Key }) => Key).toSorted(), keys.toSorted(), 'deleted');
    equal(Errors, [], 'errors');
    await s3.isAbsent(s3.key('a'));
    await s3.isAbsent(s3.key('b & <c>.pdf'));
  }),
  check('A quiet batch delete reports only errors', page, async (s3) => {
    await s3.put(s3.key('a'));
    const { Deleted = [], Errors = [] } = await batch(s3, [s3.key('a')], true);
    equal([Deleted, Errors], [[], []], 'answer');
    await s3.isAbsent(s3.key('a'));
  }),
  check('A batch delete of more than 1,000 keys answers 400 MalformedXML', page, async (s3) => {
    const keys = Array.from({ length: 1_001 }, (_, at) => s3.key(String(at)));
    await refused(batch(s3, keys), 400, 'MalformedXML');
  }),
  check('A batch delete without keys answers 400 MalformedXML', page, async (s3) => {
    const body = batchBody([]);
    answered(await rawBatch(s3, body, { 'content-md5': md5(body) }), 400, 'MalformedXML');
  }),
  check('A batch delete with XML that is not XML answers 400 MalformedXML', page, async (s3) => {
    const body = 'delete: everything';
    answered(await rawBatch(s3, body, { 'content-md5': md5(body) }), 400, 'MalformedXML');
  }),
  check('A batch delete with the checksum of another body answers 400 BadDigest', page, async (s3) => {
    await s3.put(s3.key('a'));
    const sha = createHash('sha256').update('another body').digest('base64');
    answered(await rawBatch(s3, batchBody([s3.key('a')]), { 'x-amz-checksum-sha256': sha }), 400, 'BadDigest');
    equal((await s3.get(s3.key('a'))).text, 'a CV', 'the object');
  }),
  check('A batch delete without any checksum answers 400 InvalidRequest', page, async (s3) => {
    answered(await rawBatch(s3, batchBody([s3.key('a')]), {}), 400, 'InvalidRequest');
  }),
  check('A batch delete with the ETag of other bytes keeps that object', conditional, async (s3) => {
    const [changed, same] = [s3.key('changed'), s3.key('same')];
    await s3.put(changed);
    const { ETag } = await s3.put(same);
    const Objects = [
      { Key: changed, ETag: `"${'0'.repeat(32)}"` },
      { Key: same, ETag },
    ];
    const { Deleted = [], Errors = [] } = await s3.client.send(
      new DeleteObjectsCommand({ Bucket: s3.bucket, Delete: { Objects } }),
    );
    equal([Deleted.map(({ Key }) => Key), Errors.map(({ Key }) => Key)], [[same], [changed]], 'deleted and errors');
    equal(Errors[0]?.Code, 'PreconditionFailed', 'error code');
    equal((await s3.get(changed)).text, 'a CV', 'the object');
    await s3.isAbsent(same);
  }),
  ...Object.entries(malformed).map(([what, about]) =>
    check(`A batch delete with ${what} answers 400 MalformedXML`, api('Error responses'), async (s3, key) => {
      await s3.put(key);
      const body = about(batchBody([key]));
      answered(await rawBatch(s3, body, { 'content-md5': md5(body) }), 400, 'MalformedXML');
      equal((await s3.get(key)).text, 'a CV', 'the object');
    }),
  ),
  check('A batch delete accepts keys with character references', page, async (s3) => {
    const key = s3.key('line\nbreak.pdf');
    await s3.put(key);
    const body = batchBody([s3.key('line&#10;break.pdf')]);
    answered(await rawBatch(s3, body, { 'content-md5': md5(body) }), 200);
    await s3.isAbsent(key);
  }),
  check('A bucket that is not empty answers 409 BucketNotEmpty', api('DeleteBucket'), async (s3) => {
    await s3.put(s3.key('a'));
    await refused(s3.client.send(new DeleteBucketCommand({ Bucket: s3.bucket })), 409, 'BucketNotEmpty');
  }),
  check('An empty bucket is deleted', api('DeleteBucket'), async (s3) => {
    const bucket = `${s3.bucket}-empty`;
    await createBucket(s3.client, s3.signing.region, bucket);
    equal(await removeBucket(s3.client, bucket, new Set()), [], 'what is left over');
    await refused(s3.client.send(new DeleteBucketCommand({ Bucket: bucket })), 404, 'NoSuchBucket');
  }),
  check('Creating an own bucket again answers 409 BucketAlreadyOwnedByYou outside us-east-1', creating, async (s3) => {
    const { LocationConstraint = '' } = await s3.client.send(new GetBucketLocationCommand({ Bucket: s3.bucket }));
    const again = createBucket(s3.client, s3.signing.region, s3.bucket);
    if (LocationConstraint === '') await again;
    else await refused(again, 409, 'BucketAlreadyOwnedByYou');
  }),
  check('Bucket names against the naming rules answer 400 InvalidBucketName', naming, async (s3) => {
    for (const Bucket of ['192.168.5.4', 'two..dots', 'xn--cvs', '-cvs', 'cvs-s3alias']) {
      try {
        await refused(createBucket(s3.client, s3.signing.region, Bucket), 400, 'InvalidBucketName');
      } catch (error) {
        await removeBucket(s3.client, Bucket, new Set());
        throw error;
      }
    }
  }),
  check('A bucket name with capital letters answers 400 InvalidBucketName', creating, async (s3) => {
    await refused(s3.client.send(new CreateBucketCommand({ Bucket: 'Not_A_Bucket' })), 400, 'InvalidBucketName');
  }),
];
