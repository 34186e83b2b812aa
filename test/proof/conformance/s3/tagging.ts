import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  DeleteObjectTaggingCommand,
  GetObjectTaggingCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { equal } from '../expect.ts';
import { answered, api, check, encodeKey, guide, refused, type S3, type S3Check } from './context.ts';

const page = guide('Categorizing your objects using tags');

const tagsOf = async (s3: S3, key: string): Promise<Readonly<Record<string, string>>> => {
  const { TagSet = [] } = await s3.client.send(new GetObjectTaggingCommand(s3.at(key)));
  return Object.fromEntries(TagSet.map(({ Key = '', Value = '' }) => [Key, Value]));
};

const tag = (s3: S3, key: string, tags: readonly (readonly [string, string])[]) =>
  s3.client.send(
    new PutObjectTaggingCommand({
      ...s3.at(key),
      Tagging: { TagSet: tags.map(([Key, Value]) => ({ Key, Value })) },
    }),
  );

/** The tags of a copy of an object that has one. */
const tagsOfCopy = async (s3: S3, more: Partial<CopyObjectCommandInput>) => {
  const [from, to] = [s3.key('from'), s3.key('to')];
  await s3.put(from, 'a CV', { Tagging: 'scan=clean' });
  const CopySource = `${s3.bucket}/${encodeKey(from)}`;
  await s3.client.send(new CopyObjectCommand({ ...s3.at(to), CopySource, ...more }));
  return tagsOf(s3, to);
};

const elevenTags = Array.from({ length: 11 }, (_, at) => `k${at}=v`);

/** @param tags as `key=value`. */
const refusesTags = (name: string, about: string, tags: readonly string[], code?: string): S3Check =>
  check(name, about, async (s3, key) => {
    await s3.put(key);
    const pairs = tags.map((each) => each.split('=') as [string, string]);
    await refused(tag(s3, key, pairs), 400, code);
  });

export const tagging: readonly S3Check[] = [
  check('An upload may have tags', api('PutObject'), async (s3, key) => {
    await s3.put(key, 'a CV', { Tagging: 'scan=clean&by=a%20b' });
    equal(await tagsOf(s3, key), { scan: 'clean', by: 'a b' }, 'tags');
  }),
  check('GET answers the number of tags', api('GetObject'), async (s3, key) => {
    await s3.put(key, 'a CV', { Tagging: 'scan=clean&by=b' });
    equal((await s3.get(key)).TagCount, 2, 'x-amz-tagging-count');
  }),
  check('PutObjectTagging replaces all tags', api('PutObjectTagging'), async (s3, key) => {
    await s3.put(key, 'a CV', { Tagging: 'old=1' });
    await tag(s3, key, [['GuardDutyMalwareScanStatus', 'NO_THREATS_FOUND']]);
    equal(await tagsOf(s3, key), { GuardDutyMalwareScanStatus: 'NO_THREATS_FOUND' }, 'tags');
    equal((await s3.get(key)).text, 'a CV', 'body');
  }),
  check('DeleteObjectTagging removes all tags', api('DeleteObjectTagging'), async (s3, key) => {
    await s3.put(key, 'a CV', { Tagging: 'old=1' });
    await s3.client.send(new DeleteObjectTaggingCommand(s3.at(key)));
    equal(await tagsOf(s3, key), {}, 'tags');
  }),
  check('An upload without tags has none, whatever the key had before', page, async (s3, key) => {
    await s3.put(key, 'a CV', { Tagging: 'old=1' });
    await s3.put(key, 'new');
    equal(await tagsOf(s3, key), {}, 'tags');
  }),
  check('A copy has the tags of its source', api('CopyObject'), async (s3) => {
    equal(await tagsOfCopy(s3, {}), { scan: 'clean' }, 'tags');
  }),
  check('TaggingDirective REPLACE uses the tags of the request', api('CopyObject'), async (s3) => {
    equal(await tagsOfCopy(s3, { TaggingDirective: 'REPLACE', Tagging: 'new=1' }), { new: '1' }, 'tags');
  }),
  refusesTags('More than 10 tags answer 400', page, elevenTags),
  refusesTags('A tag key twice answers 400 InvalidTag', api('PutObjectTagging'), ['a=1', 'a=2'], 'InvalidTag'),
  refusesTags('A tag with a character that tags do not allow answers 400 InvalidTag', page, ['team=R&D'], 'InvalidTag'),
  refusesTags('A tag of the prefix aws: answers 400 InvalidTag', page, ['aws:team=HR'], 'InvalidTag'),
  refusesTags('A tag key of 129 characters answers 400 InvalidTag', page, [`${'k'.repeat(129)}=1`], 'InvalidTag'),
  check('Tags of a missing key answer 404 NoSuchKey', api('GetObjectTagging'), async (s3) => {
    answered(await s3.raw('GET', s3.key('missing'), { query: { tagging: '' } }), 404, 'NoSuchKey');
  }),
];
