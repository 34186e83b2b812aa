import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketVersioningCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
} from '@aws-sdk/client-s3';
import { equal, isTrue } from '../expect.ts';
import { createBucket, removeBucket } from './buckets.ts';
import {
  answered,
  api,
  check,
  encodeKey,
  given,
  guide,
  refused,
  type S3,
  type S3Check,
  versionCheck,
} from './context.ts';

const paging = api('ListObjectVersions');
const reading = guide('Retrieving object versions from a versioning-enabled bucket');
const deleting = guide('Deleting object versions from a versioning-enabled bucket');
const conditional = guide('How to prevent object overwrites with conditional writes');
const managing = guide('Managing delete markers');
const using = guide('Retaining multiple versions of objects with S3 Versioning');
const suspended = guide('Adding objects to versioning-suspended buckets');
const markers = guide('Working with delete markers');

const twoVersions = async (s3: S3, key: string) => {
  const first = given((await s3.put(key, 'first')).VersionId, 'VersionId of the first');
  const second = given((await s3.put(key, 'second')).VersionId, 'VersionId of the second');
  return { first, second };
};

const remove = (s3: S3, key: string, VersionId?: string) =>
  s3.client.send(new DeleteObjectCommand({ ...s3.at(key), VersionId }));

const list = (s3: S3, more: object = {}) =>
  s3.client.send(new ListObjectVersionsCommand({ Bucket: s3.bucket, Prefix: s3.prefix, ...more }));

/** One field of every entry of a listing. */
const fieldsOf = <Field extends string>(
  field: Field,
  entries: readonly { readonly [K in Field]?: unknown }[] | undefined,
) => entries?.map((entry) => entry[field]);

export const versions: readonly S3Check[] = [
  versionCheck('A listing of versions is continued although its last page was deleted', paging, async (s3, key) => {
    for (const body of ['1', '2', '3', '4']) await s3.put(key, body);
    const page = await list(s3, { MaxKeys: 2 });
    for (const { VersionId } of page.Versions ?? []) await remove(s3, key, VersionId);
    const marker = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
    equal((await list(s3, marker)).Versions?.length, 2, 'versions on the next page');
  }),
  versionCheck('A versioned bucket reports that versioning is enabled', api('GetBucketVersioning'), async (s3) => {
    const { Status } = await s3.client.send(new GetBucketVersioningCommand({ Bucket: s3.bucket }));
    equal(Status, 'Enabled', 'Status');
  }),
  versionCheck('Each upload gets its own version id', using, async (s3, key) => {
    const { first, second } = await twoVersions(s3, key);
    isTrue(first !== second, 'both uploads have the same version id');
    const current = await s3.get(key);
    equal(current.text, 'second', 'body');
    equal(current.VersionId, second, 'VersionId of GetObject');
    equal((await s3.head(key)).VersionId, second, 'VersionId of HeadObject');
  }),
  versionCheck('An earlier version is read by its id', reading, async (s3, key) => {
    const { first } = await twoVersions(s3, key);
    const answer = await s3.get(key, { VersionId: first });
    equal(answer.text, 'first', 'body');
    equal(answer.VersionId, first, 'VersionId');
    equal((await s3.head(key, { VersionId: first })).ContentLength, 5, 'Content-Length of HeadObject');
  }),
  versionCheck('DELETE hides the object behind a delete marker', markers, async (s3, key) => {
    const { second } = await twoVersions(s3, key);
    const answer = await s3.raw('DELETE', key);
    answered(answer, 204);
    equal(answer.headers['x-amz-delete-marker'], 'true', 'x-amz-delete-marker');
    isTrue(Boolean(answer.headers['x-amz-version-id']), 'x-amz-version-id of the marker is missing');
    const read = await s3.raw('GET', key);
    answered(read, 404, 'NoSuchKey');
    equal(read.headers['x-amz-delete-marker'], 'true', 'x-amz-delete-marker of GetObject');
    equal((await s3.get(key, { VersionId: second })).text, 'second', 'the version behind it');
  }),
  versionCheck('GET of a delete marker by its id answers 405 MethodNotAllowed', markers, async (s3, key) => {
    await s3.put(key);
    const versionId = given((await remove(s3, key)).VersionId, 'VersionId of the marker');
    const answer = await s3.raw('GET', key, { query: { versionId } });
    answered(answer, 405, 'MethodNotAllowed');
    equal(answer.headers['x-amz-delete-marker'], 'true', 'x-amz-delete-marker');
  }),
  versionCheck('Deleting the delete marker restores the object', managing, async (s3, key) => {
    await s3.put(key);
    const { VersionId } = await remove(s3, key);
    const answer = await remove(s3, key, VersionId);
    equal(answer.DeleteMarker, true, 'DeleteMarker');
    equal((await s3.get(key)).text, 'a CV', 'body');
  }),
  versionCheck('Deleting the newest version restores the previous one', deleting, async (s3, key) => {
    const { first, second } = await twoVersions(s3, key);
    const answer = await remove(s3, key, second);
    equal(answer.VersionId, second, 'VersionId');
    equal(answer.DeleteMarker, undefined, 'DeleteMarker');
    const current = await s3.get(key);
    equal(current.text, 'first', 'body');
    equal(current.VersionId, first, 'VersionId of GetObject');
  }),
  versionCheck('DELETE of a missing key creates a delete marker', markers, async (s3) => {
    equal((await remove(s3, s3.key('missing'))).DeleteMarker, true, 'DeleteMarker');
    const { DeleteMarkers = [] } = await list(s3);
    equal(fieldsOf('Key', DeleteMarkers), [s3.key('missing')], 'delete markers');
  }),
  versionCheck('A deleted version answers 404 NoSuchVersion', api('Error responses'), async (s3, key) => {
    const { first } = await twoVersions(s3, key);
    await remove(s3, key, first);
    await refused(s3.get(key, { VersionId: first }), 404, 'NoSuchVersion');
  }),
  versionCheck('ListObjectVersions lists keys in order and the newest version first', paging, async (s3) => {
    const [a, b] = [s3.key('a'), s3.key('b')];
    const { first, second } = await twoVersions(s3, a);
    const other = (await s3.put(b)).VersionId;
    const { Versions = [] } = await list(s3);
    equal(
      Versions.map(({ Key, VersionId, IsLatest }) => [Key, VersionId, IsLatest]),
      [
        [a, second, true],
        [a, first, false],
        [b, other, true],
      ],
      'versions',
    );
  }),
  versionCheck('ListObjectVersions reports the delete marker as the latest version', paging, async (s3, key) => {
    await s3.put(key);
    const { VersionId } = await remove(s3, key);
    const { Versions = [], DeleteMarkers = [] } = await list(s3);
    equal(
      DeleteMarkers.map((each) => [each.Key, each.VersionId, each.IsLatest]),
      [[key, VersionId, true]],
      'markers',
    );
    equal(fieldsOf('IsLatest', Versions), [false], 'IsLatest of the version');
  }),
  versionCheck('ListObjectVersions pages through the versions of one key', paging, async (s3, key) => {
    const { first, second } = await twoVersions(s3, key);
    const third = (await s3.put(key, 'third')).VersionId;
    const page = await list(s3, { MaxKeys: 2 });
    equal(fieldsOf('VersionId', page.Versions), [third, second], 'first page');
    equal(page.IsTruncated, true, 'IsTruncated');
    const next = await list(s3, { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker });
    equal(fieldsOf('VersionId', next.Versions), [first], 'second page');
    equal(next.IsTruncated, false, 'IsTruncated at the end');
  }),
  versionCheck('A plain listing does not list hidden objects', markers, async (s3) => {
    await s3.put(s3.key('hidden'));
    await remove(s3, s3.key('hidden'));
    const answer = await s3.raw('GET', undefined, { query: { 'list-type': '2', prefix: s3.prefix } });
    answered(answer, 200);
    equal(answer.body.toString().includes('hidden'), false, 'the hidden key is listed');
  }),
  versionCheck('A batch delete creates delete markers, or deletes versions', api('DeleteObjects'), async (s3) => {
    const [a, b] = [s3.key('a'), s3.key('b')];
    await s3.put(a);
    const { second } = await twoVersions(s3, b);
    const { Deleted = [] } = await s3.client.send(
      new DeleteObjectsCommand({
        Bucket: s3.bucket,
        Delete: { Objects: [{ Key: a }, { Key: b, VersionId: second }] },
      }),
    );
    const ofA = Deleted.find(({ Key }) => Key === a);
    equal(ofA?.DeleteMarker, true, 'DeleteMarker of the first');
    isTrue(Boolean(ofA?.DeleteMarkerVersionId), 'DeleteMarkerVersionId is missing');
    equal(Deleted.find(({ Key }) => Key === b)?.VersionId, second, 'VersionId of the second');
    equal((await s3.get(b)).text, 'first', 'what is left of the second');
  }),
  versionCheck('A copy can use a given version, and its answer names it', api('CopyObject'), async (s3, key) => {
    const { first } = await twoVersions(s3, key);
    const answer = await s3.client.send(
      new CopyObjectCommand({
        ...s3.at(s3.key('to')),
        CopySource: `${s3.bucket}/${encodeKey(key)}?versionId=${encodeURIComponent(first)}`,
      }),
    );
    equal(answer.CopySourceVersionId, first, 'x-amz-copy-source-version-id');
    isTrue(answer.VersionId !== undefined && answer.VersionId !== first, 'x-amz-version-id of the copy is not its own');
    equal((await s3.get(s3.key('to'))).text, 'first', 'body');
  }),
  versionCheck('A completed multipart upload has a version id', api('CompleteMultipartUpload'), async (s3, key) => {
    const UploadId = await s3.startMultipart(key);
    const part = await s3.uploadPart(key, UploadId, 1, 'a CV');
    const { VersionId } = await s3.client.send(
      new CompleteMultipartUploadCommand({ ...s3.at(key), UploadId, MultipartUpload: { Parts: [part] } }),
    );
    equal((await s3.head(key)).VersionId, given(VersionId, 'VersionId'), 'VersionId of HeadObject');
  }),
  versionCheck('PUT with If-None-Match: * succeeds after a delete marker', conditional, async (s3, key) => {
    await s3.put(key);
    await remove(s3, key);
    await s3.put(key, 'again', { IfNoneMatch: '*' });
    equal((await s3.get(key)).text, 'again', 'body');
  }),
  {
    ...check('While versions are suspended, uploads replace the version null', suspended, async (s3) => {
      const Bucket = `${s3.bucket}-suspended`;
      const key = s3.key('a');
      const at = { Bucket, Key: key };
      const switchTo = (Status: 'Enabled' | 'Suspended') =>
        s3.client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
      await createBucket(s3.client, s3.signing.region, Bucket);
      try {
        await switchTo('Enabled');
        const first = given((await s3.put(key, 'first', at)).VersionId, 'VersionId of the first');
        await switchTo('Suspended');
        await s3.put(key, 'second', at);
        await s3.put(key, 'third', at);
        equal((await s3.get(key, { ...at, VersionId: 'null' })).text, 'third', 'the version null');
        equal((await s3.get(key, { ...at, VersionId: first })).text, 'first', 'the first version');
        const { Versions = [] } = await s3.client.send(new ListObjectVersionsCommand({ Bucket }));
        equal(fieldsOf('VersionId', Versions), ['null', first], 'versions');
      } finally {
        await removeBucket(s3.client, Bucket, new Set());
      }
    }),
    needs: 'switching versions',
  },
  {
    ...check('An unversioned bucket reports no versioning status', api('GetBucketVersioning'), async (s3) => {
      const { Status } = await s3.client.send(new GetBucketVersioningCommand({ Bucket: s3.bucket }));
      equal(Status, undefined, 'Status');
    }),
    needs: 'no versions',
  },
  {
    ...check('Objects of an unversioned bucket are listed with the version id null', using, async (s3) => {
      await s3.put(s3.key('a'));
      const { Versions = [] } = await list(s3);
      equal(
        Versions.map(({ VersionId, IsLatest }) => [VersionId, IsLatest]),
        [['null', true]],
        'versions',
      );
    }),
    needs: 'no versions',
  },
];
