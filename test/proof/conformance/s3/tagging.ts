import {
  CopyObjectCommand,
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

export const tagging: readonly S3Check[] = [
  check('An upload may bring tags', api('PutObject'), async (s3) => {
    const key = s3.key('a');
    await s3.put(key, 'a CV', { Tagging: 'scan=clean&by=a%20b' });
    equal(await tagsOf(s3, key), { scan: 'clean', by: 'a b' }, 'tags');
  }),
  check('GET tells the number of tags', api('GetObject'), async (s3) => {
    const key = s3.key('a');
    await s3.put(key, 'a CV', { Tagging: 'scan=clean&by=b' });
    equal((await s3.get(key)).TagCount, 2, 'x-amz-tagging-count');
  }),
  check('PutObjectTagging replaces all tags', api('PutObjectTagging'), async (s3) => {
    const key = s3.key('a');
    await s3.put(key, 'a CV', { Tagging: 'old=1' });
    await tag(s3, key, [['GuardDutyMalwareScanStatus', 'NO_THREATS_FOUND']]);
    equal(await tagsOf(s3, key), { GuardDutyMalwareScanStatus: 'NO_THREATS_FOUND' }, 'tags');
    equal((await s3.get(key)).text, 'a CV', 'body');
  }),
  check('DeleteObjectTagging removes all tags', api('DeleteObjectTagging'), async (s3) => {
    const key = s3.key('a');
    await s3.put(key, 'a CV', { Tagging: 'old=1' });
    await s3.client.send(new DeleteObjectTaggingCommand(s3.at(key)));
    equal(await tagsOf(s3, key), {}, 'tags');
  }),
  check('An upload without tags has none, whatever the key had before', page, async (s3) => {
    const key = s3.key('a');
    await s3.put(key, 'a CV', { Tagging: 'old=1' });
    await s3.put(key, 'new');
    equal(await tagsOf(s3, key), {}, 'tags');
  }),
  check('A copy takes the tags along', api('CopyObject'), async (s3) => {
    await s3.put(s3.key('from'), 'a CV', { Tagging: 'scan=clean' });
    const CopySource = `${s3.bucket}/${encodeKey(s3.key('from'))}`;
    await s3.client.send(new CopyObjectCommand({ ...s3.at(s3.key('to')), CopySource }));
    equal(await tagsOf(s3, s3.key('to')), { scan: 'clean' }, 'tags');
  }),
  check('TaggingDirective REPLACE takes the tags of the request', api('CopyObject'), async (s3) => {
    await s3.put(s3.key('from'), 'a CV', { Tagging: 'scan=clean' });
    const CopySource = `${s3.bucket}/${encodeKey(s3.key('from'))}`;
    await s3.client.send(
      new CopyObjectCommand({ ...s3.at(s3.key('to')), CopySource, TaggingDirective: 'REPLACE', Tagging: 'new=1' }),
    );
    equal(await tagsOf(s3, s3.key('to')), { new: '1' }, 'tags');
  }),
  check('More than 10 tags answer 400', page, async (s3) => {
    const key = s3.key('a');
    await s3.put(key);
    await refused(
      tag(
        s3,
        key,
        Array.from({ length: 11 }, (_, at) => [`k${at}`, 'v'] as const),
      ),
      400,
    );
  }),
  check('A tag key twice answers 400 InvalidTag', api('PutObjectTagging'), async (s3) => {
    const key = s3.key('a');
    await s3.put(key);
    await refused(
      tag(s3, key, [
        ['a', '1'],
        ['a', '2'],
      ]),
      400,
      'InvalidTag',
    );
  }),
  check('A tag with a character that tags do not have answers 400 InvalidTag', page, async (s3) => {
    const key = s3.key('a');
    await s3.put(key);
    await refused(tag(s3, key, [['team', 'R&D']]), 400, 'InvalidTag');
  }),
  check('A tag of the prefix aws: answers 400 InvalidTag', page, async (s3) => {
    const key = s3.key('a');
    await s3.put(key);
    await refused(tag(s3, key, [['aws:team', 'HR']]), 400, 'InvalidTag');
  }),
  check('A tag key of 129 characters answers 400 InvalidTag', page, async (s3) => {
    const key = s3.key('a');
    await s3.put(key);
    await refused(tag(s3, key, [['k'.repeat(129), '1']]), 400, 'InvalidTag');
  }),
  check('Tags of a missing key answer 404 NoSuchKey', api('GetObjectTagging'), async (s3) => {
    answered(await s3.raw('GET', s3.key('missing'), { query: { tagging: '' } }), 404, 'NoSuchKey');
  }),
];
