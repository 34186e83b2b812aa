import { equal, isTrue } from '../expect.ts';
import { md5Hex } from './checksum-values.ts';
import { answered, api, check, element, type S3, type S3Check } from './context.ts';
import { longDateOf, scopeOf, signerOf } from './sign.ts';

const page = api('POST Object');
const policyPage = api('POST Policy');

interface Form {
  readonly fields: Readonly<Record<string, string>>;
  readonly fileName?: string;
  readonly body?: string;
  readonly conditions?: readonly unknown[];
  readonly expiresInMs?: number;
  /** Fields without a condition in the policy. */
  readonly unnamed?: Readonly<Record<string, string>>;
  /** Fields after the file. */
  readonly after?: Readonly<Record<string, string>>;
}

/** A browser's upload form, with the policy that allows exactly its fields. */
const post = async (
  s3: S3,
  { fields, fileName = 'cv.pdf', body = 'a CV', conditions = [], expiresInMs = 60_000, unnamed = {}, after = {} }: Form,
) => {
  const { region, credentials } = s3.signing;
  const date = new Date();
  const signing = {
    'x-amz-algorithm': 'AWS4-HMAC-SHA256',
    'x-amz-credential': `${credentials.accessKeyId}/${scopeOf(date, region)}`,
    'x-amz-date': longDateOf(date),
  };
  const allowed = Object.entries({ ...fields, ...signing }).map(([name, value]) =>
    name === 'key' ? ['starts-with', '$key', ''] : { [name]: value },
  );
  const policy = Buffer.from(
    JSON.stringify({
      expiration: new Date(date.getTime() + expiresInMs).toISOString(),
      conditions: [{ bucket: s3.bucket }, ...allowed, ...conditions],
    }),
  ).toString('base64');
  const signature = await signerOf(s3.signing).sign(policy, { signingDate: date });
  const boundary = '----cv-courier-form-boundary';
  const field = ([name, value]: [string, string]) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const parts = [
    ...Object.entries({ ...fields, ...unnamed, ...signing, policy, 'x-amz-signature': signature }).map(field),
    `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${fileName}"\r\nContent-Type: text/plain\r\n\r\n${body}\r\n`,
    ...Object.entries(after).map(field),
    `--${boundary}--\r\n`,
  ];
  return s3.raw('POST', undefined, {
    unsigned: true,
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: parts.join(''),
  });
};

export const formPosts: readonly S3Check[] = [
  check('A form upload answers 204 and stores the bytes', page, async (s3, key) => {
    const answer = await post(s3, { fields: { key }, body: 'line 1\r\nline 2\r\n--' });
    answered(answer, 204);
    equal(answer.headers.etag, `"${md5Hex('line 1\r\nline 2\r\n--')}"`, 'ETag');
    equal((await s3.get(key)).text, 'line 1\r\nline 2\r\n--', 'body');
  }),
  check('success_action_status 201 answers bucket, key and ETag as XML', page, async (s3, key) => {
    const answer = await post(s3, { fields: { key, success_action_status: '201' } });
    answered(answer, 201);
    const xml = answer.body.toString();
    equal([element(xml, 'Bucket'), element(xml, 'Key')], [s3.bucket, key], 'Bucket and Key');
    equal(element(xml, 'ETag')?.replaceAll(/&(?:quot|#34);/g, '"'), `"${md5Hex('a CV')}"`, 'ETag');
    isTrue(Boolean(element(xml, 'Location')), 'Location is missing');
  }),
  check('success_action_status 200 answers an empty 200', page, async (s3) => {
    const answer = await post(s3, { fields: { key: s3.key('cv.pdf'), success_action_status: '200' } });
    answered(answer, 200);
    equal(answer.body.length, 0, 'bytes of the body');
  }),
  check('success_action_redirect answers 303 with bucket, key and ETag', page, async (s3, key) => {
    const answer = await post(s3, { fields: { key, success_action_redirect: 'http://127.0.0.1:9/done?a=b' } });
    answered(answer, 303);
    const { searchParams } = new URL(answer.headers.location ?? '', 'http://missing');
    equal(
      ['a', 'bucket', 'key', 'etag'].map((name) => searchParams.get(name)),
      ['b', s3.bucket, key, `"${md5Hex('a CV')}"`],
      'a, bucket, key and etag of Location',
    );
  }),
  check('${filename} in the key is replaced by the name of the file', page, async (s3) => {
    answered(await post(s3, { fields: { key: s3.key('to/${filename}') }, fileName: 'my cv.pdf' }), 204);
    equal((await s3.get(s3.key('to/my cv.pdf'))).text, 'a CV', 'body');
  }),
  check('A form keeps type and metadata', page, async (s3, key) => {
    const fields = { key, 'Content-Type': 'application/pdf', 'x-amz-meta-candidate': '7' };
    answered(await post(s3, { fields }), 204);
    const answer = await s3.head(key);
    equal([answer.ContentType, answer.Metadata], ['application/pdf', { candidate: '7' }], 'type and metadata');
  }),
  check('Fields after the file are ignored', page, async (s3, key) => {
    answered(await post(s3, { fields: { key }, after: { 'x-amz-meta-late': 'yes', submit: 'Upload' } }), 204);
    equal((await s3.head(key)).Metadata, {}, 'metadata');
  }),
  check('A form without a key answers 400 InvalidArgument', page, async (s3) => {
    answered(await post(s3, { fields: {} }), 400, 'InvalidArgument');
  }),
  check('A file over the content-length-range answers 400 EntityTooLarge', policyPage, async (s3, key) => {
    answered(await post(s3, { fields: { key }, conditions: [['content-length-range', 0, 3]] }), 400, 'EntityTooLarge');
    await s3.isAbsent(key);
  }),
  check('A file under the content-length-range answers 400 EntityTooSmall', policyPage, async (s3, key) => {
    answered(await post(s3, { fields: { key }, conditions: [['content-length-range', 5, 9]] }), 400, 'EntityTooSmall');
    await s3.isAbsent(key);
  }),
  check('A form field without a condition answers 403 AccessDenied', policyPage, async (s3, key) => {
    answered(await post(s3, { fields: { key }, unnamed: { 'x-amz-meta-a': 'b' } }), 403, 'AccessDenied');
    await s3.isAbsent(key);
  }),
  check('A form whose policy has expired answers 403 AccessDenied', policyPage, async (s3, key) => {
    answered(await post(s3, { fields: { key }, expiresInMs: -60_000 }), 403, 'AccessDenied');
    await s3.isAbsent(key);
  }),
];
