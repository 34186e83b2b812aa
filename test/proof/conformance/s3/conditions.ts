import { CompleteMultipartUploadCommand, DeleteObjectCommand } from '@aws-sdk/client-s3';
import { equal } from '../expect.ts';
import { md5Hex } from './checksum-values.ts';
import { answered, api, check, guide, refused, type S3Check } from './context.ts';

const deleting = guide('How to perform conditional deletes');
const etag = `"${md5Hex('a CV')}"`;
const other = `"${md5Hex('another CV')}"`;
const read = guide('Retrieve or copy objects based on metadata with conditional reads');
const write = guide('How to prevent object overwrites with conditional writes');

/** A GET or a HEAD, as its name says. */
const reads = (
  name: string,
  page: string,
  headers: Readonly<Record<string, string>>,
  status: 200 | 304 | 412,
): S3Check =>
  check(name, page, async (s3, key) => {
    await s3.put(key);
    const [method = ''] = name.split(' ');
    const answer = await s3.raw(method, key, { headers });
    answered(answer, status, status === 412 && method === 'GET' ? 'PreconditionFailed' : undefined);
    if (status === 200) equal(answer.body.toString(), 'a CV', 'body');
    if (status === 304 || method === 'HEAD') equal(answer.body.length, 0, 'bytes of the body');
    if (status === 304 && method === 'GET') equal(answer.headers.etag, etag, 'ETag');
  });

export const conditions: readonly S3Check[] = [
  reads('GET with If-Match of the ETag answers the object', read, { 'if-match': etag }, 200),
  reads('GET with If-Match of another ETag answers 412 PreconditionFailed', read, { 'if-match': other }, 412),
  reads('HEAD with If-Match of another ETag answers 412', api('HeadObject'), { 'if-match': other }, 412),
  check('GET with If-Match on a missing key answers 404', api('GetObject'), async (s3, key) => {
    await refused(s3.get(key, { IfMatch: etag }), 404, 'NoSuchKey');
  }),
  reads('GET with If-None-Match of the ETag answers 304 without a body', read, { 'if-none-match': etag }, 304),
  reads('GET with If-None-Match of another ETag answers the object', read, { 'if-none-match': other }, 200),
  reads('HEAD with If-None-Match of the ETag answers 304', api('HeadObject'), { 'if-none-match': etag }, 304),
  check('PUT with If-None-Match: * creates a new object', write, async (s3, key) => {
    await s3.put(key, 'a CV', { IfNoneMatch: '*' });
    equal((await s3.get(key)).text, 'a CV', 'body');
  }),
  check('PUT with If-None-Match: * answers 412 for a key that exists, and keeps it', write, async (s3, key) => {
    await s3.put(key, 'first');
    await refused(s3.put(key, 'second', { IfNoneMatch: '*' }), 412, 'PreconditionFailed');
    equal((await s3.get(key)).text, 'first', 'body');
  }),
  check('PUT with If-Match of the ETag replaces the object', write, async (s3, key) => {
    await s3.put(key);
    await s3.put(key, 'second', { IfMatch: etag });
    equal((await s3.get(key)).text, 'second', 'body');
  }),
  check('PUT with If-Match of another ETag answers 412 and keeps the object', write, async (s3, key) => {
    await s3.put(key, 'first');
    await refused(s3.put(key, 'second', { IfMatch: other }), 412, 'PreconditionFailed');
    equal((await s3.get(key)).text, 'first', 'body');
  }),
  check('PUT with If-Match on a missing key answers 404 NoSuchKey', write, async (s3, key) => {
    await refused(s3.put(key, 'a CV', { IfMatch: etag }), 404, 'NoSuchKey');
    await s3.isAbsent(key);
  }),
  check('CompleteMultipartUpload with If-None-Match: * answers 412 for a key that exists', write, async (s3, key) => {
    const UploadId = await s3.startMultipart(key);
    const part = await s3.uploadPart(key, UploadId, 1, 'second');
    await s3.put(key, 'first');
    const MultipartUpload = { Parts: [part] };
    await refused(
      s3.client.send(
        new CompleteMultipartUploadCommand({ ...s3.at(key), UploadId, MultipartUpload, IfNoneMatch: '*' }),
      ),
      412,
      'PreconditionFailed',
    );
    equal((await s3.get(key)).text, 'first', 'body');
  }),
  check('DELETE with If-Match of another ETag answers 412 and keeps the object', deleting, async (s3, key) => {
    await s3.put(key);
    const remove = (IfMatch: string) => s3.client.send(new DeleteObjectCommand({ ...s3.at(key), IfMatch }));
    await refused(remove(other), 412, 'PreconditionFailed');
    equal((await s3.get(key)).text, 'a CV', 'body');
    await remove(etag);
    await s3.isAbsent(key);
  }),
];
