import { DeleteObjectCommand, ListObjectVersionsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, expect, test } from 'vitest';
import type { CreatedObject } from '../../../infra/local/aws/events/s3-notification.ts';
import { startBuiltFunctions } from '../../worlds/built-functions.ts';
import {
  copies,
  cvOf,
  integrationOf,
  isAttached,
  keyAt,
  type Place,
  placeOf,
  posts,
  setHabits,
  teach,
} from '../../worlds/lost-answers.ts';

/* A function that is killed leaves only its claim; one whose answer was lost leaves the checksum of its file. */
const integrationId = integrationOf('dead');
const functions = await startBuiltFunctions({ integrations: [integrationId], settings: { LEASE_SECONDS: '2' } });
afterAll(functions.end);
setHabits(functions, integrationId, ['renamed', 'whole-person']);
await teach(functions, integrationId);

/** Uploads files for one target, and kills the function once Kombo has all of their bytes, whether it stores them or not. */
const dieSending = async (
  place: Place,
  files: readonly Buffer[],
  fault: 'silence' | 'silence-stored' = 'silence-stored',
): Promise<readonly CreatedObject[]> => {
  const { kind, id } = place;
  functions.kombo.faults.arm(fault, { integrationId, target: { kind, id }, times: files.length });
  const objects = await Promise.all(files.map((file, index) => functions.put(keyAt(place, `CV ${index}.pdf`), file)));
  const sending = Promise.all(objects.map(functions.send));
  const arriving = () =>
    functions.kombo.requests
      .recent()
      .filter(
        ({ call, path, bodyComplete, stored }) =>
          call === 'post' && path.includes(`/${id}/`) && (fault === 'silence' ? bodyComplete : stored),
      );
  await expect.poll(() => arriving().length, { timeout: 10_000, interval: 10 }).toBe(files.length);
  await functions.onUpload.kill();
  await sending;
  return objects;
};

const readsOf = ({ key }: CreatedObject): number =>
  functions.s3Relay.calls.filter(({ method, path }) => method === 'GET' && decodeURIComponent(path).endsWith(key))
    .length;

/** Deletes an object with all of its versions, so that it can no longer be read. */
const deleteForGood = async ({ key }: CreatedObject): Promise<void> => {
  const { s3, bucket } = functions;
  const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: key }));
  for (const { VersionId } of Versions) await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, VersionId }));
};

test('three files that arrived although their functions were killed are all found, and none is sent again', async () => {
  const place = placeOf(integrationId, 'three');
  const files = [1, 2, 3].map((number) => cvOf(`three ${number}`));
  const objects = await dieSending(place, files);
  await functions.runUntil(objects, isAttached);
  for (const object of objects) {
    expect((await functions.recordOf(object)).state).toMatchObject({ status: 'attached', evidence: 'read-back' });
  }
  expect(await Promise.all(files.map((file) => copies(functions, place, file)))).toEqual([1, 1, 1]);
  expect(posts(functions, 'three')).toBe(3);
});

test('a file whose function was killed before it arrived is sent again, once', async () => {
  const place = placeOf(integrationId, 'died-early');
  const file = cvOf('died early');
  const objects = await dieSending(place, [file], 'silence');
  await functions.runUntil(objects, isAttached);
  expect(await copies(functions, place, file)).toBe(1);
  expect(posts(functions, 'died-early')).toBe(2);
});

test('after a kill the uploaded version is read once, even if the object was deleted or overwritten', async () => {
  const { s3, bucket } = functions;
  const [deleted, overwritten] = [placeOf(integrationId, 'deleted'), placeOf(integrationId, 'overwritten')];
  const [one, two] = [cvOf('deleted'), cvOf('overwritten')];
  const [first] = await dieSending(deleted, [one]);
  const [second] = await dieSending(overwritten, [two]);
  if (!first || !second) throw new Error('Both were uploaded.');
  await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: first.key }));
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: second.key, Body: cvOf('a newer one') }));
  const sent = [readsOf(first), readsOf(second)];
  await functions.runUntil([first, second], isAttached);
  expect([await copies(functions, deleted, one), await copies(functions, overwritten, two)]).toEqual([1, 1]);
  expect([posts(functions, 'deleted'), posts(functions, 'overwritten')]).toEqual([1, 1]);
  expect([readsOf(first) - (sent[0] ?? 0), readsOf(second) - (sent[1] ?? 0)]).toEqual([1, 1]);
});

test('after a kill and without any version, the ETag is enough to find the file, but never to call it absent', async () => {
  const [there, missing] = [placeOf(integrationId, 'gone-there'), placeOf(integrationId, 'gone-missing')];
  const [first] = await dieSending(there, [cvOf('gone there')]);
  const [second] = await dieSending(missing, [cvOf('gone missing')], 'silence');
  if (!first || !second) throw new Error('Both were uploaded.');
  await Promise.all([first, second].map(deleteForGood));
  await functions.runUntil([first], isAttached);
  await functions.runUntil([second], ({ state }) => state.status === 'unknown' && state.passingLooks > 2);
  expect((await functions.recordOf(first)).state).toMatchObject({ status: 'attached', evidence: 'read-back' });
  expect([posts(functions, 'gone-there'), posts(functions, 'gone-missing')]).toEqual([1, 1]);
  // Its type is no longer known, so nothing learnt about the tool applies: it is looked at for a day, then held.
  expect((await functions.recordOf(second)).state).toMatchObject({
    status: 'unknown',
    absentLooks: 0,
    doubtfulLooks: 0,
  });
});
