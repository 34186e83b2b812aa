import { setTimeout as wait } from 'node:timers/promises';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { equal } from '../expect.ts';
import { api, check, element, guide, type S3, type S3Check } from './context.ts';

const page = guide('Download and upload objects with presigned URLs');
const queryPage = api('Authenticating Requests: Using Query Parameters (AWS Signature Version 4)');

const link = (s3: S3, key: string, expiresIn = 60, more: object = {}) =>
  getSignedUrl(s3.client, new GetObjectCommand({ ...s3.at(key), ...more }), { expiresIn });

export const presigned: readonly S3Check[] = [
  check('A presigned GET needs no headers', page, async (s3) => {
    const key = s3.key('a b+ü.pdf');
    await s3.put(key);
    const answer = await fetch(await link(s3, key));
    equal([answer.status, await answer.text()], [200, 'a CV'], 'status and body');
  }),
  check('A presigned GET may set the content type of the answer', api('GetObject'), async (s3, key) => {
    await s3.put(key);
    const answer = await fetch(await link(s3, key, 60, { ResponseContentType: 'application/pdf' }));
    equal(answer.headers.get('content-type'), 'application/pdf', 'Content-Type');
    await answer.arrayBuffer();
  }),
  check('A presigned GET accepts a range', page, async (s3, key) => {
    await s3.put(key, '0123456789');
    const answer = await fetch(await link(s3, key), { headers: { range: 'bytes=2-4' } });
    equal([answer.status, await answer.text()], [206, '234'], 'status and body');
  }),
  check('A presigned HEAD answers the length', page, async (s3, key) => {
    await s3.put(key);
    const url = await getSignedUrl(s3.client, new HeadObjectCommand(s3.at(key)), { expiresIn: 60 });
    const answer = await fetch(url, { method: 'HEAD' });
    equal([answer.status, answer.headers.get('content-length')], [200, '4'], 'status and length');
  }),
  check('A presigned PUT uploads', page, async (s3, key) => {
    const url = await getSignedUrl(s3.client, new PutObjectCommand(s3.at(key)), { expiresIn: 60 });
    const answer = await fetch(url, { method: 'PUT', body: 'by link' });
    await answer.arrayBuffer();
    equal(answer.status, 200, 'status');
    equal((await s3.get(key)).text, 'by link', 'body');
  }),
  check('A presigned PUT keeps the metadata, tags and storage class that the link names', page, async (s3, key) => {
    const more = { Metadata: { candidate: '7' }, Tagging: 'scan=clean', StorageClass: 'STANDARD_IA' as const };
    const url = await getSignedUrl(s3.client, new PutObjectCommand({ ...s3.at(key), ...more }), { expiresIn: 60 });
    const answer = await fetch(url, { method: 'PUT', body: 'by link' });
    equal([answer.status, await answer.text()], [200, ''], 'status and body');
    const { Metadata, StorageClass, TagCount } = await s3.get(key);
    equal([Metadata, StorageClass, TagCount], [more.Metadata, more.StorageClass, 1], 'metadata, class and tags');
  }),
  check('A presigned link expires at its time', queryPage, async (s3, key) => {
    await s3.put(key);
    const url = await link(s3, key, 1);
    await wait(2_500);
    const answer = await fetch(url);
    equal([answer.status, element(await answer.text(), 'Code')], [403, 'AccessDenied'], 'status and code');
  }),
  check(
    'A presigned link of more than 7 days answers 400 AuthorizationQueryParametersError',
    queryPage,
    async (s3, key) => {
      await s3.put(key);
      const url = (await link(s3, key)).replace('X-Amz-Expires=60', `X-Amz-Expires=${7 * 24 * 3600 + 1}`);
      const answer = await fetch(url);
      equal(
        [answer.status, element(await answer.text(), 'Code')],
        [400, 'AuthorizationQueryParametersError'],
        'status and code',
      );
    },
  ),
];
