import { ListObjectsCommand, ListObjectsV2Command, type ListObjectsV2CommandInput } from '@aws-sdk/client-s3';
import { equal, isTrue } from '../expect.ts';
import { md5Hex } from './checksum-values.ts';
import { answered, api, check, guide, refused, type S3, type S3Check } from './context.ts';
import { decodeListed } from './listed-key.ts';

const page = api('ListObjectsV2');
const prefixes = guide('Organizing objects using prefixes');

const putAll = (s3: S3, names: readonly string[]) => Promise.all(names.map((name) => s3.put(s3.key(name), name)));

const list = (s3: S3, more: Partial<ListObjectsV2CommandInput> = {}) =>
  s3.client.send(new ListObjectsV2Command({ Bucket: s3.bucket, Prefix: s3.prefix, ...more }));

const listV1 = (s3: S3, more: object) =>
  s3.client.send(new ListObjectsCommand({ Bucket: s3.bucket, Prefix: s3.prefix, ...more }));

const namesOf = (s3: S3, entries: readonly { Key?: string | undefined }[] = []): readonly string[] =>
  entries.map(({ Key = '' }) => Key.slice(s3.prefix.length));

const foldersOf = (s3: S3, entries: readonly { Prefix?: string | undefined }[] = []): readonly string[] =>
  entries.map(({ Prefix = '' }) => Prefix.slice(s3.prefix.length));

/** All pages: names and folders in the order of the answers. */
const walk = async (s3: S3, more: Partial<ListObjectsV2CommandInput>) => {
  const pages: (readonly string[])[] = [];
  let token: string | undefined;
  do {
    const answer = await list(s3, { ...more, ...(token !== undefined && { ContinuationToken: token }) });
    pages.push([...namesOf(s3, answer.Contents), ...foldersOf(s3, answer.CommonPrefixes)].toSorted());
    token = answer.NextContinuationToken;
    equal(answer.IsTruncated, token !== undefined, 'IsTruncated');
  } while (token !== undefined && pages.length < 20);
  return pages;
};

export const listing: readonly S3Check[] = [
  check('An entry has key, ETag in quotes, size, time and class', page, async (s3) => {
    await s3.put(s3.key('a'), 'a CV');
    const { Contents = [], KeyCount, Name, Prefix } = await list(s3);
    equal([KeyCount, Name, Prefix], [1, s3.bucket, s3.prefix], 'KeyCount, Name and Prefix');
    const [entry] = Contents;
    equal([entry?.Key, entry?.ETag, entry?.Size], [s3.key('a'), `"${md5Hex('a CV')}"`, 4], 'entry');
    equal(entry?.StorageClass, 'STANDARD', 'StorageClass');
    const { LastModified } = await s3.head(s3.key('a'));
    const listed = entry?.LastModified?.getTime() ?? 0;
    isTrue(Math.abs(listed - (LastModified?.getTime() ?? 0)) < 1_000, 'LastModified differs from HeadObject');
  }),
  check('Keys are listed in the order of their UTF-8 bytes', page, async (s3) => {
    // U+FF21 comes before U+1F600 in UTF-8 and after it in UTF-16.
    const names = ['A', 'Z', 'a', 'a-b', 'a0', 'z', 'é', '\uff21', '\u{1f600}'];
    await putAll(s3, names);
    equal(namesOf(s3, (await list(s3)).Contents), names, 'order');
  }),
  check('A slash in a key sorts as any other byte', page, async (s3) => {
    const names = ['a!', 'a-', 'a/b', 'a0'];
    await putAll(s3, names);
    equal(namesOf(s3, (await list(s3)).Contents), names, 'order');
  }),
  check('Pages continue where the previous one ended', page, async (s3) => {
    await putAll(s3, ['a', 'b', 'c', 'd', 'e']);
    equal(await walk(s3, { MaxKeys: 2 }), [['a', 'b'], ['c', 'd'], ['e']], 'pages');
  }),
  check('A page that holds exactly the rest is not truncated', page, async (s3) => {
    await putAll(s3, ['a', 'b']);
    equal((await list(s3, { MaxKeys: 2 })).IsTruncated, false, 'IsTruncated');
  }),
  check('start-after starts after a key, whether it exists or not', page, async (s3) => {
    await putAll(s3, ['a', 'b', 'd']);
    const after = async (name: string) => namesOf(s3, (await list(s3, { StartAfter: s3.key(name) })).Contents);
    equal(await after('b'), ['d'], 'after b');
    equal(await after('c'), ['d'], 'after c');
    equal(await after('aa'), ['b', 'd'], 'after aa');
  }),
  check('A continuation token has precedence over start-after', page, async (s3) => {
    await putAll(s3, ['a', 'b', 'c']);
    equal(await walk(s3, { MaxKeys: 1, StartAfter: s3.key('a') }), [['b'], ['c']], 'pages');
  }),
  check('A delimiter rolls keys up into common prefixes', prefixes, async (s3) => {
    await putAll(s3, ['a.pdf', 'x/1', 'x/2', 'x/y/3', 'z/4']);
    const answer = await list(s3, { Delimiter: '/' });
    equal(namesOf(s3, answer.Contents), ['a.pdf'], 'keys');
    equal(foldersOf(s3, answer.CommonPrefixes), ['x/', 'z/'], 'common prefixes');
    equal(answer.KeyCount, 3, 'KeyCount');
  }),
  check('A delimiter may have several characters', prefixes, async (s3) => {
    await putAll(s3, ['a--1', 'a--2', 'b-3']);
    const answer = await list(s3, { Delimiter: '--' });
    equal(foldersOf(s3, answer.CommonPrefixes), ['a--'], 'common prefixes');
    equal(namesOf(s3, answer.Contents), ['b-3'], 'keys');
  }),
  check('A common prefix is on one page only', page, async (s3) => {
    await putAll(s3, ['a/1', 'a/2', 'b/1', 'b/2', 'c']);
    equal(await walk(s3, { Delimiter: '/', MaxKeys: 1 }), [['a/'], ['b/'], ['c']], 'pages');
  }),
  check('A prefix need not end at a delimiter', prefixes, async (s3) => {
    await putAll(s3, ['cv-1', 'cv-2/x', 'other']);
    const answer = await list(s3, { Prefix: s3.key('cv-'), Delimiter: '/' });
    equal(namesOf(s3, answer.Contents), ['cv-1'], 'keys');
    equal(foldersOf(s3, answer.CommonPrefixes), ['cv-2/'], 'common prefixes');
  }),
  check('max-keys 0 lists nothing and is not truncated', page, async (s3) => {
    await putAll(s3, ['a']);
    const answer = await list(s3, { MaxKeys: 0 });
    equal([answer.Contents ?? [], answer.KeyCount, answer.IsTruncated], [[], 0, false], 'answer');
  }),
  check('encoding-type=url encodes keys, prefixes and delimiters', page, async (s3) => {
    const names = ['a b+c&<é>\u0001%(3).pdf', 'x y/1'];
    await putAll(s3, names);
    const answer = await list(s3, { EncodingType: 'url', Delimiter: '/' });
    equal(answer.EncodingType, 'url', 'EncodingType');
    equal(
      answer.Contents?.map(({ Key }) => decodeListed(Key ?? '', 'url')),
      [s3.key('a b+c&<é>\u0001%(3).pdf')],
      'keys',
    );
    equal(
      answer.CommonPrefixes?.map(({ Prefix }) => decodeListed(Prefix ?? '', 'url')),
      [s3.key('x y/')],
      'common prefixes',
    );
    isTrue(answer.Contents?.[0]?.Key?.endsWith('%283%29.pdf') === true, `the key is ${answer.Contents?.[0]?.Key}`);
  }),
  check('Without encoding-type, keys are escaped as XML', page, async (s3) => {
    const names = ['R&D <1>.pdf', `"quoted"'s.pdf`];
    await putAll(s3, names);
    equal(namesOf(s3, (await list(s3)).Contents), names.toSorted(), 'keys');
  }),
  check('The owner is listed only on request', page, async (s3) => {
    await putAll(s3, ['a']);
    equal((await list(s3)).Contents?.[0]?.Owner, undefined, 'Owner');
    isTrue((await list(s3, { FetchOwner: true })).Contents?.[0]?.Owner !== undefined, 'Owner is missing');
  }),
  check('A foreign continuation token answers 400 InvalidArgument', api('Error responses'), async (s3) => {
    await putAll(s3, ['a']);
    await refused(list(s3, { ContinuationToken: 'not a token' }), 400, 'InvalidArgument');
  }),
  check('max-keys that is not a number answers 400 InvalidArgument', api('Error responses'), async (s3) => {
    const query = { 'list-type': '2', 'max-keys': 'many' };
    answered(await s3.raw('GET', undefined, { query }), 400, 'InvalidArgument');
  }),
  check('A listing of a missing bucket answers 404 NoSuchBucket', page, async (s3) => {
    await refused(list(s3, { Bucket: `${s3.bucket}-missing` }), 404, 'NoSuchBucket');
  }),
  check('A prefix without objects lists nothing', page, async (s3) => {
    const answer = await list(s3);
    equal([answer.Contents ?? [], answer.KeyCount, answer.IsTruncated], [[], 0, false], 'answer');
  }),
  check('ListObjects (version 1) pages by marker', api('ListObjects'), async (s3) => {
    await putAll(s3, ['a', 'b', 'c']);
    const first = await listV1(s3, { MaxKeys: 2 });
    equal([namesOf(s3, first.Contents), first.IsTruncated], [['a', 'b'], true], 'first page');
    // NextMarker comes only with a delimiter; without it, the last key is the marker.
    const second = await listV1(s3, { Marker: s3.key('b') });
    equal([namesOf(s3, second.Contents), second.IsTruncated], [['c'], false], 'second page');
  }),
  check('ListObjects (version 1) returns the next marker with a delimiter', api('ListObjects'), async (s3) => {
    await putAll(s3, ['a/1', 'a/2', 'b']);
    const first = await listV1(s3, { Delimiter: '/', MaxKeys: 1 });
    equal([foldersOf(s3, first.CommonPrefixes), first.NextMarker], [['a/'], s3.key('a/')], 'first page');
    const second = await listV1(s3, { Delimiter: '/', Marker: first.NextMarker });
    equal([namesOf(s3, second.Contents), foldersOf(s3, second.CommonPrefixes)], [['b'], []], 'second page');
  }),
];
