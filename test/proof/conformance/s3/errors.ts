import { equal, isTrue } from '../expect.ts';
import { answered, api, check, element, refused, type S3Check } from './context.ts';

const page = api('Error responses');

export const errors: readonly S3Check[] = [
  check('A missing key answers 404 NoSuchKey as XML', page, async (s3) => {
    const answer = await s3.raw('GET', s3.key('missing'));
    answered(answer, 404, 'NoSuchKey');
    equal(answer.headers['content-type']?.split(';')[0], 'application/xml', 'Content-Type');
  }),
  check('HEAD of a missing key answers 404 without a body', api('HeadObject'), async (s3) => {
    const answer = await s3.raw('HEAD', s3.key('missing'));
    equal([answer.status, answer.body.length], [404, 0], 'status and bytes');
  }),
  check('A missing bucket answers 404 NoSuchBucket', page, async (s3) => {
    answered(await s3.rawPath('GET', `/${s3.bucket}-missing/key`), 404, 'NoSuchBucket');
    answered(await s3.rawPath('PUT', `/${s3.bucket}-missing/key`, { body: 'a CV' }), 404, 'NoSuchBucket');
  }),
  check('Every answer has a request id, an error also in its body', page, async (s3) => {
    await s3.put(s3.key('a'));
    isTrue(Boolean((await s3.raw('GET', s3.key('a'))).headers['x-amz-request-id']), 'the answer has no request id');
    const error = await s3.raw('GET', s3.key('missing'));
    const id = error.headers['x-amz-request-id'];
    isTrue(Boolean(id), 'the error has no request id');
    equal(element(error.body.toString(), 'RequestId'), id, 'RequestId');
  }),
  check('An upload without a length is refused, and keeps nothing', page, async (s3, key) => {
    const headers = { 'transfer-encoding': 'chunked' };
    const { status } = await s3.raw('PUT', key, { body: 'a CV', headers, contentLength: false });
    // The page documents MissingContentLength; S3 answers NotImplemented with the name of the unsupported header.
    isTrue(status === 411 || status === 501, `expected 411 or 501, got ${status}`);
    await s3.isAbsent(key);
  }),
  check('A method that objects do not support answers 405 MethodNotAllowed', page, async (s3) => {
    answered(await s3.raw('PATCH', s3.key('a'), { body: 'a CV' }), 405, 'MethodNotAllowed');
  }),
  check('A missing key with a range answers 404 NoSuchKey', api('GetObject'), async (s3) => {
    await refused(s3.get(s3.key('missing'), { Range: 'bytes=0-1' }), 404, 'NoSuchKey');
  }),
];
