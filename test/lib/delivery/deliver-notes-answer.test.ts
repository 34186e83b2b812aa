import { beforeEach, describe, expect, test } from 'vitest';
import type { Courier } from '../../../lib/courier.ts';
import { deliver } from '../../../lib/delivery/deliver.ts';
import type { KomboFailure } from '../../../lib/kombo/classify-response.ts';
import { accountLane, type Lane } from '../../../lib/lane/lane.ts';
import { laneKey } from '../../../lib/lane/lane-item.ts';
import type { Outcome } from '../../../lib/outcome.ts';
import type { Upload } from '../../../lib/upload/upload.ts';
import { integrationId, second } from '../../fakes/ledger-samples.ts';
import { refuses } from '../../fakes/scripted-kombo.ts';
import { type DeliveryWorld, deliveryWorld } from '../../worlds/delivery-world.ts';

/** Which endings are noted in the lane. What a noted answer does to a lane is tested beside `note-answer.ts`. */

let world: DeliveryWorld;
let courier: Courier;
let files: number;
beforeEach(() => {
  world = deliveryWorld();
  courier = world.newCourier();
  files = 0;
});

/** A new file of the integration in the setting, or of another one. */
const newFile = (integration?: string): Upload => {
  files += 1;
  return world.put(
    integration === undefined ? `candidates/GRK${files}/CV.pdf` : `named/${integration}/GRK${files}/CV.pdf`,
  );
};

const send = (upload = newFile()): Promise<Outcome> => deliver(upload, { deadline: world.deadline() }, courier);

/** A new file gets this answer. */
const meets = (
  code: KomboFailure['code'],
  more: Partial<KomboFailure> = {},
  integration?: string,
): Promise<Outcome> => {
  world.kombo.script.push(() => refuses(code, more));
  return send(newFile(integration));
};

const laneOf = async (id = integrationId): Promise<Lane> => {
  const lane = await world.newCourier().lanes.read(id);
  if (lane === 'unreadable') throw new Error('The lane cannot be read.');
  return lane;
};
const pauseOf = async (id?: string) => (await laneOf(id)).pause;

test('an answer that every file of the integration would get makes the next file of that integration wait, and no other', async () => {
  expect(await meets('INTEGRATION.INACTIVE')).toMatchObject({
    status: 'waiting',
    failure: { code: 'INTEGRATION.INACTIVE' },
  });
  expect(await pauseOf()).toMatchObject({ code: 'INTEGRATION.INACTIVE', reason: 'Kombo answered HTTP 400.' });
  expect(await send()).toMatchObject({ status: 'waiting', attempt: 0, failure: { code: 'INTEGRATION_PAUSED' } });
  expect(world.kombo.posts).toHaveLength(1);
  expect(await send(newFile('workday:Ab1'))).toMatchObject({ status: 'attached' });
});

describe('outage answers', () => {
  test('the third lost answer in a row pauses the integration, although the files are looked up and do not wait', async () => {
    for (let file = 1; file <= 3; file += 1) expect(await meets('ANSWER_LOST')).toMatchObject({ status: 'unknown' });
    expect(await pauseOf()).toMatchObject({ code: 'ANSWER_LOST' });
  });

  test.each([
    ['a success', () => send()],
    ['an answer that judges a file', () => meets('REMOTE.INPUT_INVALID')],
  ])('the count of outage answers starts again after %s', async (_, between) => {
    await meets('KOMBO_FAULT');
    expect((await laneOf()).outages).toBe(1);
    await between();
    expect((await laneOf()).outages).toBe(0);
  });

  test('a file that is attached without a POST, as a copy, does not reset the count of outage answers', async () => {
    const first = newFile();
    await send(first);
    await meets('KOMBO_FAULT');
    expect(await send(world.put(first.key, { etag: 'etag-of-a-copy' }))).toMatchObject({ status: 'already-attached' });
    expect((await laneOf()).outages).toBe(1);
  });
});

test('a rate limit is noted with the end that Kombo gave: two integrations that meet it before then pause the account', async () => {
  const limit = { retryAfterMs: 90 * second };
  await meets('PLATFORM.RATE_LIMIT_EXCEEDED', limit);
  world.clock.advance(89 * second);
  await meets('PLATFORM.RATE_LIMIT_EXCEEDED', limit, 'workday:Ab1');
  expect(await pauseOf(accountLane)).toMatchObject({ end: { nextAt: world.clock.now() + 90 * second } });
});

describe('an integration that Kombo does not know', () => {
  const notFound = 'PLATFORM.INTEGRATION_NOT_FOUND';

  test('an unknown integration that the setting names pauses its lane, and the file waits', async () => {
    expect(await meets(notFound)).toMatchObject({ status: 'waiting', failure: { code: notFound } });
    expect(await pauseOf()).toMatchObject({ code: notFound });
  });

  test('an unknown integration that a key names, and to which nothing was ever attached, rejects the file and writes no lane', async () => {
    const outcome = await meets(notFound, {}, 'greenhouse:Mistyped');
    expect(outcome).toMatchObject({ status: 'rejected', failure: { code: notFound } });
    expect([...world.table.items.keys()].filter((pk) => pk.startsWith(laneKey('')))).toEqual([]);
  });

  test('an unknown integration that a key names, and to which something was attached, pauses its lane', async () => {
    await send(newFile('workday:Ab1'));
    expect(await meets(notFound, {}, 'workday:Ab1')).toMatchObject({ status: 'waiting', failure: { code: notFound } });
    expect(await pauseOf('workday:Ab1')).toMatchObject({ code: notFound });
  });
});
