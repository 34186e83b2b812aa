import { CopyObjectCommand, type CopyObjectCommandInput } from '@aws-sdk/client-s3';
import { equal, isTrue } from '../expect.ts';
import { md5Hex } from './checksum-values.ts';
import { api, check, encodeAll, encodeKey, guide, refused, type S3, type S3Check } from './context.ts';

const editing = guide('Editing object metadata in the Amazon S3 console');
const page = api('CopyObject');

const copy = (s3: S3, from: string, to: string, more: Partial<CopyObjectCommandInput> = {}) =>
  s3.client.send(new CopyObjectCommand({ ...s3.at(to), CopySource: `${s3.bucket}/${encodeKey(from)}`, ...more }));

const described = { ContentType: 'application/pdf', Metadata: { candidate: '7' } } as const;

export const copies: readonly S3Check[] = [
  check('A copy has the bytes, type and metadata of its source', page, async (s3) => {
    const [from, to] = [s3.key('from'), s3.key('to')];
    await s3.put(from, 'a CV', described);
    const { CopyObjectResult } = await copy(s3, from, to);
    equal(CopyObjectResult?.ETag, `"${md5Hex('a CV')}"`, 'ETag');
    isTrue(CopyObjectResult?.LastModified instanceof Date, 'LastModified is missing');
    const answer = await s3.get(to);
    equal(answer.text, 'a CV', 'body');
    equal(answer.ContentType, 'application/pdf', 'Content-Type');
    equal(answer.Metadata, { candidate: '7' }, 'metadata');
  }),
  check('MetadataDirective REPLACE uses type and metadata of the request', page, async (s3) => {
    const [from, to] = [s3.key('from'), s3.key('to')];
    await s3.put(from, 'a CV', described);
    await copy(s3, from, to, { MetadataDirective: 'REPLACE', ContentType: 'text/plain', Metadata: { other: '8' } });
    const answer = await s3.head(to);
    equal(answer.ContentType, 'text/plain', 'Content-Type');
    equal(answer.Metadata, { other: '8' }, 'metadata');
  }),
  check('MetadataDirective COPY ignores metadata of the request', page, async (s3) => {
    const [from, to] = [s3.key('from'), s3.key('to')];
    await s3.put(from, 'a CV', described);
    await copy(s3, from, to, { Metadata: { other: '8' } });
    equal((await s3.head(to)).Metadata, { candidate: '7' }, 'metadata');
  }),
  check('A copy to itself that changes nothing answers 400 InvalidRequest', page, async (s3, key) => {
    await s3.put(key);
    await refused(copy(s3, key, key), 400, 'InvalidRequest');
  }),
  check('A copy to itself with new metadata changes the metadata', editing, async (s3, key) => {
    await s3.put(key, 'a CV', described);
    await copy(s3, key, key, { MetadataDirective: 'REPLACE', Metadata: { other: '8' } });
    const answer = await s3.get(key);
    equal(answer.text, 'a CV', 'body');
    equal(answer.Metadata, { other: '8' }, 'metadata');
  }),
  check('A copy of a missing key answers 404 NoSuchKey', page, async (s3) => {
    await refused(copy(s3, s3.key('missing'), s3.key('to')), 404, 'NoSuchKey');
  }),
  check('A copy from a missing bucket answers 404 NoSuchBucket', api('Error responses'), async (s3) => {
    const CopySource = `${s3.bucket}-missing/key`;
    await refused(copy(s3, 'any', s3.key('to'), { CopySource }), 404, 'NoSuchBucket');
  }),
  check('The source of a copy may be any key, percent-encoded', page, async (s3) => {
    for (const [at, name] of ['a b+c.pdf', 'é%2F?&.pdf', 'x//y', '履歴書'].entries()) {
      const from = s3.key(name);
      await s3.put(from, name);
      await copy(s3, from, s3.key(`to-${at}`), { CopySource: `${s3.bucket}/${encodeAll(from)}` });
      equal((await s3.get(s3.key(`to-${at}`))).text, name, `copy of ${name}`);
    }
  }),
  check('The source of a copy may start with a slash', page, async (s3) => {
    const from = s3.key('from');
    await s3.put(from);
    await copy(s3, from, s3.key('to'), { CopySource: `/${s3.bucket}/${encodeKey(from)}` });
    equal((await s3.get(s3.key('to'))).text, 'a CV', 'body');
  }),
  check('CopySourceIfMatch with another ETag answers 412', page, async (s3) => {
    const from = s3.key('from');
    await s3.put(from);
    const CopySourceIfMatch = `"${md5Hex('another CV')}"`;
    await refused(copy(s3, from, s3.key('to'), { CopySourceIfMatch }), 412, 'PreconditionFailed');
    await s3.isAbsent(s3.key('to'));
  }),
  check('CopySourceIfNoneMatch with the ETag answers 412', page, async (s3) => {
    const from = s3.key('from');
    await s3.put(from);
    const CopySourceIfNoneMatch = `"${md5Hex('a CV')}"`;
    await refused(copy(s3, from, s3.key('to'), { CopySourceIfNoneMatch }), 412, 'PreconditionFailed');
  }),
  check('A copy with If-None-Match: * answers 412 for a key that exists', page, async (s3) => {
    const [from, to] = [s3.key('from'), s3.key('to')];
    await s3.put(from);
    await s3.put(to, 'first');
    await refused(copy(s3, from, to, { IfNoneMatch: '*' }), 412, 'PreconditionFailed');
    equal((await s3.get(to)).text, 'first', 'body');
  }),
];
