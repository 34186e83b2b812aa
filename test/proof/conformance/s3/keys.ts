import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { equal } from '../expect.ts';
import { answered, api, check, guide, type S3, type S3Check } from './context.ts';
import { decodeListed } from './listed-key.ts';

const naming = guide('Naming Amazon S3 objects');

const listed = async (s3: S3, prefix: string): Promise<readonly string[]> => {
  const { Contents = [], EncodingType } = await s3.client.send(
    new ListObjectsV2Command({ Bucket: s3.bucket, Prefix: prefix, EncodingType: 'url' }),
  );
  return Contents.map(({ Key = '' }) => decodeListed(Key, EncodingType));
};

/** Writes, reads and lists each key with raw requests, because SDKs may normalize paths. */
const holds = (name: string, keysOf: (s3: S3) => readonly string[]): S3Check =>
  check(name, naming, async (s3) => {
    const keys = keysOf(s3);
    for (const key of keys) answered(await s3.raw('PUT', key, { body: `body of ${key}` }), 200);
    for (const key of keys) {
      const answer = await s3.raw('GET', key);
      answered(answer, 200);
      equal(answer.body.toString(), `body of ${key}`, `body of ${JSON.stringify(key)}`);
    }
    for (const key of keys) equal((await listed(s3, key)).includes(key), true, `${JSON.stringify(key)} is listed`);
    for (const key of keys) answered(await s3.raw('DELETE', key), 204);
  });

const inPrefix = (name: string, ...keys: readonly string[]): S3Check =>
  holds(name, (s3) => keys.map((key) => s3.key(key)));

const ofBytes = (s3: S3, bytes: number): string => s3.key('').padEnd(bytes, 'k');

export const keys: readonly S3Check[] = [
  inPrefix('Keys with spaces, plus and percent signs', 'a b.pdf', 'C++.pdf', '100%.pdf', 'a%20b.pdf', 'a%2Fb.pdf'),
  inPrefix('Keys with the reserved characters of URLs', `a?b=c&d#e;f:g@h,i$j=k`, `!'()*~_-.`, '"<>\\^`{|}'),
  inPrefix('Keys in any script', 'Lebenslauf Jürgen Müller.pdf', '履歴書.pdf', 'سيرة.pdf', '\u{1f600}.pdf'),
  inPrefix('Keys that differ only in their Unicode form are different', '\u00e9.pdf', 'e\u0301.pdf'),
  inPrefix('Keys that differ only in case are different', 'cv.PDF', 'cv.pdf', 'CV.pdf'),
  inPrefix('Keys with empty segments', 'a//b', 'a///b', 'a/b', '/'),
  holds('Keys that start with a slash', (s3) => [`/${s3.key('a')}`, `//${s3.key('a')}`]),
  inPrefix('Keys with . and .. as segments are taken literally', 'a/./b', 'a/b/../c', 'a/c', '.', '...'),
  inPrefix('Keys with control characters', 'tab\there', 'line\nbreak', '\u0001', '\u007f'),
  inPrefix('A key may be a folder of other keys too', 'a', 'a/', 'a/b', 'a/b/c'),
  inPrefix('A segment of 300 bytes', 's'.repeat(300), `${'s'.repeat(300)}/${'t'.repeat(300)}`),
  holds('A key of 1,024 bytes', (s3) => [ofBytes(s3, 1_024)]),
  holds('A key of 1,024 bytes in segments', (s3) => [`${s3.key('')}${'123456789/'.repeat(110)}`.slice(0, 1_024)]),
  check('A key of 1,025 bytes answers 400 KeyTooLongError', api('Error responses'), async (s3) => {
    answered(await s3.raw('PUT', ofBytes(s3, 1_025), { body: 'a CV' }), 400, 'KeyTooLongError');
  }),
  check('The limit counts bytes, not characters', naming, async (s3) => {
    const key = `${s3.key('')}${'é'.repeat(600)}`;
    answered(await s3.raw('PUT', key, { body: 'a CV' }), 400, 'KeyTooLongError');
  }),
];
