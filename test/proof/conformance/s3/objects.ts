import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { GetObjectCommand, HeadBucketCommand, ListBucketsCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { equal, isTrue } from '../expect.ts';
import { md5Hex } from './checksum-values.ts';
import { answered, api, check, given, guide, refused, type S3Check } from './context.ts';

const consistency = guide('What is Amazon S3? - Amazon S3 data consistency model');
const mib = 1024 * 1024;

export const objects: readonly S3Check[] = [
  check('An object is returned byte for byte', api('GetObject'), async (s3, key) => {
    const bytes = randomBytes(70_001);
    await s3.put(key, bytes);
    const answer = await s3.get(key);
    equal(answer.bytes.equals(bytes), true, 'same bytes');
    equal(answer.ContentLength, bytes.length, 'Content-Length');
  }),
  check('The ETag of a plain upload is its MD5 in quotes', api('Object'), async (s3, key) => {
    const { ETag } = await s3.put(key, 'a CV');
    equal(ETag, `"${md5Hex('a CV')}"`, 'ETag of PutObject');
    equal((await s3.head(key)).ETag, ETag, 'ETag of HeadObject');
    equal((await s3.get(key)).ETag, ETag, 'ETag of GetObject');
  }),
  check('HEAD answers length, type and time without a body', api('HeadObject'), async (s3, key) => {
    await s3.put(key, 'a CV', { ContentType: 'application/pdf' });
    const { status, headers, body } = await s3.raw('HEAD', key);
    equal(status, 200, 'status');
    equal(headers['content-length'], '4', 'Content-Length');
    equal(headers['content-type'], 'application/pdf', 'Content-Type');
    const age = Date.now() - Date.parse(headers['last-modified'] ?? '');
    isTrue(Math.abs(age) < 60_000, `Last-Modified is ${headers['last-modified']}`);
    equal(body.length, 0, 'bytes of the body');
  }),
  check('An empty object can be stored and read', api('PutObject'), async (s3, key) => {
    await s3.put(key, '');
    const answer = await s3.get(key);
    equal(answer.ContentLength, 0, 'Content-Length');
    equal(answer.ETag, '"d41d8cd98f00b204e9800998ecf8427e"', 'ETag');
  }),
  check('A second upload replaces the first as a whole', api('PutObject'), async (s3, key) => {
    await s3.put(key, 'a long first body', { Metadata: { first: 'yes' }, ContentType: 'text/plain' });
    await s3.put(key, 'second', { ContentType: 'application/pdf' });
    const answer = await s3.get(key);
    equal(answer.text, 'second', 'body');
    equal(answer.Metadata, {}, 'metadata');
    equal(answer.ContentType, 'application/pdf', 'Content-Type');
  }),
  check('Of concurrent uploads one wins as a whole', consistency, async (s3, key) => {
    const bodies = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(200_000));
    // S3 may ask for a retry of some of them; what it stores is never a mix.
    const uploads = await Promise.allSettled(bodies.map((body) => s3.put(key, body)));
    isTrue(
      uploads.some(({ status }) => status === 'fulfilled'),
      'no upload succeeded',
    );
    const answer = await s3.get(key);
    isTrue(bodies.includes(answer.text), 'the object is a mix of several uploads');
    equal(answer.ETag, `"${md5Hex(answer.text)}"`, 'ETag of what is there');
  }),
  check('An object that is replaced while it is read is delivered completely', consistency, async (s3, key) => {
    const bytes = randomBytes(8 * mib);
    await s3.put(key, bytes);
    const url = await getSignedUrl(s3.client, new GetObjectCommand(s3.at(key)), { expiresIn: 60 });
    const call = request(url, { agent: false }).end();
    const [response] = await once(call, 'response');
    response.pause();
    await s3.put(key, 'new');
    await wait(50);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    equal(Buffer.concat(chunks).equals(bytes), true, 'the old bytes');
    equal((await s3.get(key)).text, 'new', 'the next read');
  }),
  check('An upload that breaks off leaves nothing', api('PutObject'), async (s3, key) => {
    await s3.raw('PUT', key, { body: 'x'.repeat(50_000), contentLength: 100_000, breakOff: true });
    await wait(200);
    await s3.isAbsent(key);
  }),
  check('An upload that breaks off leaves the earlier object', api('PutObject'), async (s3, key) => {
    await s3.put(key, 'first');
    await s3.raw('PUT', key, { body: 'x'.repeat(50_000), contentLength: 100_000, breakOff: true });
    await wait(200);
    equal((await s3.get(key)).text, 'first', 'body');
  }),
  check('Expect: 100-continue is answered before the body is sent', api('PutObject'), async (s3, key) => {
    const answer = await s3.raw('PUT', key, { headers: { expect: '100-continue' }, body: 'a CV' });
    answered(answer, 200);
    equal(answer.continued, true, '100 Continue');
    equal((await s3.get(key)).text, 'a CV', 'body');
  }),
  check('HeadBucket finds the bucket, and answers 404 for another name', api('HeadBucket'), async (s3) => {
    await s3.client.send(new HeadBucketCommand({ Bucket: s3.bucket }));
    await refused(s3.client.send(new HeadBucketCommand({ Bucket: `${s3.bucket}-missing` })), 404);
  }),
  check('ListBuckets lists the bucket', api('ListBuckets'), async (s3) => {
    const { Buckets = [] } = await s3.client.send(new ListBucketsCommand({}));
    const bucket = given(
      Buckets.find(({ Name }) => Name === s3.bucket),
      'the bucket',
    );
    isTrue(bucket.CreationDate instanceof Date, 'CreationDate is missing');
  }),
  check('Objects of an unversioned bucket have no version id', api('PutObject'), async (s3, key) => {
    equal((await s3.put(key)).VersionId, undefined, 'VersionId of PutObject');
    const { headers } = await s3.raw('GET', key);
    equal(headers['x-amz-version-id'], undefined, 'x-amz-version-id of GetObject');
  }),
].map((each) => (each.name.includes('unversioned') ? { ...each, needs: 'no versions' as const } : each));
