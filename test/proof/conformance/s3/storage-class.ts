import { CopyObjectCommand, ListObjectsV2Command, type StorageClass } from '@aws-sdk/client-s3';
import { equal } from '../expect.ts';
import { api, check, encodeKey, guide, refused, type S3, type S3Check } from './context.ts';

const classes = guide('Understanding and managing Amazon S3 storage classes');
const archived = guide('Working with archived objects');

const putIn = (s3: S3, key: string, storageClass: string) =>
  s3.put(key, 'a CV', { StorageClass: storageClass as StorageClass });

export const storageClasses: readonly S3Check[] = [
  check('HEAD reports every storage class except STANDARD', api('HeadObject'), async (s3) => {
    await s3.put(s3.key('standard'));
    await putIn(s3, s3.key('ia'), 'STANDARD_IA');
    equal((await s3.raw('HEAD', s3.key('standard'))).headers['x-amz-storage-class'], undefined, 'of STANDARD');
    equal((await s3.raw('HEAD', s3.key('ia'))).headers['x-amz-storage-class'], 'STANDARD_IA', 'of STANDARD_IA');
  }),
  check('Listings report the storage class', api('ListObjectsV2'), async (s3) => {
    await putIn(s3, s3.key('a'), 'STANDARD');
    await putIn(s3, s3.key('b'), 'GLACIER');
    const { Contents = [] } = await s3.client.send(new ListObjectsV2Command({ Bucket: s3.bucket, Prefix: s3.prefix }));
    equal(
      Contents.map(({ StorageClass }) => StorageClass),
      ['STANDARD', 'GLACIER'],
      'classes',
    );
  }),
  ...['GLACIER', 'DEEP_ARCHIVE'].map((name) =>
    check(`GET of a ${name} object answers 403 InvalidObjectState`, archived, async (s3) => {
      await putIn(s3, s3.key('a'), name);
      await refused(s3.get(s3.key('a')), 403, 'InvalidObjectState');
      equal((await s3.head(s3.key('a'))).StorageClass, name, 'StorageClass of HeadObject');
    }),
  ),
  check('GLACIER_IR, STANDARD_IA and INTELLIGENT_TIERING can be read immediately', classes, async (s3) => {
    for (const name of ['GLACIER_IR', 'STANDARD_IA', 'INTELLIGENT_TIERING']) {
      await putIn(s3, s3.key(name), name);
      equal((await s3.get(s3.key(name))).text, 'a CV', `body of ${name}`);
    }
  }),
  check('A copy of a GLACIER object answers 403 InvalidObjectState', api('CopyObject'), async (s3) => {
    await putIn(s3, s3.key('a'), 'GLACIER');
    const CopySource = `${s3.bucket}/${encodeKey(s3.key('a'))}`;
    const copy = s3.client.send(new CopyObjectCommand({ ...s3.at(s3.key('to')), CopySource }));
    // The page of CopyObject has ObjectNotInActiveTierError, the list of error codes has InvalidObjectState; both are 403.
    await refused(copy, 403);
  }),
  check('A storage class that does not exist answers 400 InvalidStorageClass', api('Error responses'), async (s3) => {
    await refused(putIn(s3, s3.key('a'), 'BASEMENT'), 400, 'InvalidStorageClass');
    await s3.isAbsent(s3.key('a'));
  }),
];
