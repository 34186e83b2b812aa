import { beforeEach, expect, test } from 'vitest';
import { type CourierWorld, courierWorld } from '../../../worlds/courier-world.ts';
import { sample } from '../../events/sample.ts';

// The object of both samples.
const bucket = 'acme-cv-inbox';
const key = 'candidates/8Xi6iZrwusZqJmDGXs49GBmJ/Frank Doe CV.pdf';
const etag = '9b2cf535f27731c974343645a3985328';
const attached = {
  ok: true,
  message: 'It is attached to candidate 8Xi6iZrwusZqJmDGXs49GBmJ, since 2026-01-05T09:00:00.000Z.',
  files: [{ key, status: 'attached', target: 'candidate/8Xi6iZrwusZqJmDGXs49GBmJ' }],
};

let world: CourierWorld;
beforeEach(() => {
  world = courierWorld();
  world.put(key, { etag });
});

const replay = (event: unknown) =>
  world.ask({ action: 'replay', event }, world.newFunction({ BUCKET: bucket, MAX_BYTES: '100000' }));

test.each([
  ['a message of the failure queue', sample('failure-record')],
  ['a message of the failure queue, copied as text', JSON.stringify(sample('failure-record'))],
  ['the event alone', sample('s3-put')],
])('replay of %s delivers the file', async (_form, event) => {
  expect(await replay(event)).toMatchObject(attached);
  expect(world.kombo.posts).toHaveLength(1);
});

test('replay of the event after its failure record sends nothing twice', async () => {
  await replay(sample('failure-record'));
  const again = await replay(sample('s3-put'));
  expect(again).toMatchObject({ ok: true, files: [{ key, status: 'already-attached' }] });
  expect(world.kombo.posts).toHaveLength(1);
});

test('replay of a failure record without its event says so, and sends nothing', async () => {
  const answer = await replay({ ...(sample('failure-record') as object), requestPayload: {} });
  expect(answer.message).toContain('The payload of the failure record is an empty object.');
  expect(world.kombo.posts).toHaveLength(0);
});

test('replay is not ok when nothing was delivered, because a caller deletes the message when it is', async () => {
  expect(await replay({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: bucket })).toMatchObject({ ok: false });
  const tooLarge = world.ask(
    { action: 'replay', event: sample('s3-put') },
    world.newFunction({ BUCKET: bucket, MAX_BYTES: '1' }),
  );
  expect(await tooLarge).toMatchObject({ ok: false, files: [{ status: 'rejected' }] });
  expect(world.kombo.posts).toHaveLength(0);
});
