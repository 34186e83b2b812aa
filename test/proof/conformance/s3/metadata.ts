import { equal, isTrue } from '../expect.ts';
import { answered, api, check, guide, type S3Check } from './context.ts';

const page = guide('Working with object metadata');

const systemMetadata = {
  CacheControl: 'max-age=60',
  ContentDisposition: 'attachment; filename="cv.pdf"',
  ContentEncoding: 'gzip',
  ContentLanguage: 'de',
  ContentType: 'application/pdf',
} as const;

const override = {
  'response-content-type': 'text/x-cv',
  'response-content-disposition': 'inline',
  'response-cache-control': 'no-store',
  'response-content-encoding': 'identity',
  'response-content-language': 'fr',
  'response-expires': 'Wed, 21 Oct 2026 07:28:00 GMT',
} as const;

export const metadata: readonly S3Check[] = [
  check('System metadata is returned as it was sent', page, async (s3, key) => {
    await s3.put(key, 'a CV', systemMetadata);
    for (const answer of [await s3.get(key), await s3.head(key)]) {
      const { CacheControl, ContentDisposition, ContentEncoding, ContentLanguage, ContentType } = answer;
      const told = { CacheControl, ContentDisposition, ContentEncoding, ContentLanguage, ContentType };
      equal(told, systemMetadata, 'metadata');
    }
  }),
  check('Expires is returned as it was sent', page, async (s3, key) => {
    const expires = 'Wed, 21 Oct 2026 07:28:00 GMT';
    answered(await s3.raw('PUT', key, { body: 'a CV', headers: { expires } }), 200);
    equal((await s3.raw('HEAD', key)).headers.expires, expires, 'Expires');
  }),
  check('The content type of an upload without one is binary/octet-stream', page, async (s3, key) => {
    answered(await s3.raw('PUT', key, { body: 'a CV' }), 200);
    equal((await s3.raw('HEAD', key)).headers['content-type'], 'binary/octet-stream', 'Content-Type');
  }),
  check('Names of user metadata are stored in lower case', page, async (s3, key) => {
    answered(await s3.raw('PUT', key, { body: 'a CV', headers: { 'X-Amz-Meta-Candidate-ID': 'ABC' } }), 200);
    equal((await s3.head(key)).Metadata, { 'candidate-id': 'ABC' }, 'metadata');
  }),
  check('User metadata beyond ASCII is returned as RFC 2047', page, async (s3, key) => {
    const headers = { 'x-amz-meta-name': 'Jürgen 履歴書' };
    answered(await s3.raw('PUT', key, { body: 'a CV', headers }), 200);
    const value = String((await s3.raw('HEAD', key)).headers['x-amz-meta-name']);
    const encoded = /^=\?UTF-8\?([BQ])\?(.*)\?=$/i.exec(value);
    isTrue(encoded !== null, `the value is ${JSON.stringify(value)}`);
    const text =
      encoded?.[1]?.toUpperCase() === 'B'
        ? Buffer.from(encoded[2] ?? '', 'base64').toString()
        : decodeURIComponent((encoded?.[2] ?? '').replaceAll('%', '%25').replaceAll('_', ' ').replaceAll('=', '%'));
    equal(text, 'Jürgen 履歴書', 'decoded value');
  }),
  check('2 KB of user metadata is accepted', page, async (s3, key) => {
    const Metadata = { note: 'x'.repeat(2_000) };
    await s3.put(key, 'a CV', { Metadata });
    equal((await s3.head(key)).Metadata, Metadata, 'metadata');
  }),
  check('response-* parameters replace headers of the answer', api('GetObject'), async (s3, key) => {
    await s3.put(key, 'a CV', systemMetadata);
    const { headers } = await s3.raw('GET', key, { query: override });
    for (const [name, value] of Object.entries(override)) {
      equal(headers[name.replace('response-', '')], value, name);
    }
  }),
];
