import { beforeEach, describe, expect, test } from 'vitest';
import type { Courier } from '../../../lib/courier.ts';
import { deliver } from '../../../lib/delivery/deliver.ts';
import type { DeliverOptions } from '../../../lib/delivery/delivery-options.ts';
import { accountLane, opened, paused } from '../../../lib/lane/lane.ts';
import { laneKey } from '../../../lib/lane/lane-item.ts';
import type { Outcome } from '../../../lib/outcome.ts';
import type { Upload } from '../../../lib/upload/upload.ts';
import { hour, integrationId, nine, second } from '../../fakes/ledger-samples.ts';
import { byOperator, missingRight } from '../../fakes/pause-samples.ts';
import { refuses } from '../../fakes/scripted-kombo.ts';
import { type DeliveryWorld, deliveryWorld } from '../../worlds/delivery-world.ts';

/** A file is never paused. Its lane is, and the file waits in it unchanged. */

let world: DeliveryWorld;
let courier: Courier;
beforeEach(() => {
  world = deliveryWorld();
  courier = world.newCourier();
});

const key = 'candidates/GRK123/Frank Doe CV.pdf';

const send = (upload: Upload, options: Partial<DeliverOptions> = {}, its = courier): Promise<Outcome> =>
  deliver(upload, { deadline: world.deadline(), ...options }, its);

const pause = (lane: string, by = byOperator) => courier.lanes.change(lane, (its) => paused(its, by));
const open = (lane: string) => courier.lanes.change(lane, (its) => opened(its, world.clock.now()));

describe.each([
  ['an operator has paused the integration', integrationId, byOperator, 'An operator asked for it.'],
  ['Kombo has paused the integration', integrationId, missingRight, missingRight.reason],
  ['an operator has paused everything', accountLane, byOperator, 'An operator asked for it.'],
] as const)('while %s', (_, lane, by, why) => {
  beforeEach(() => pause(lane, by));

  test('an upload that meets a pause is written as waiting, without a claim and without a call', async () => {
    const upload = world.put(key);
    const outcome = await send(upload);

    expect(outcome).toMatchObject({
      status: 'waiting',
      attempt: 0,
      failure: {
        code: 'INTEGRATION_PAUSED',
        detail: expect.stringContaining(`: ${by.code}. ${why}`),
      },
    });
    expect(await world.recordOf(upload)).toMatchObject({
      attempts: 0,
      version: 1,
      target: { integrationId },
      state: { status: 'waiting', dueAt: nine },
    });
    expect(world.kombo.posts).toEqual([]);
    expect(world.observed).toMatchObject([{ outcome }]);
  });

  test('each upload that meets a pause costs one write once the lane is touched', async () => {
    await send(world.put(key));
    world.table.calls.length = 0;
    await send(world.put('candidates/GRK124/CV.pdf'));
    expect(world.table.calls).toEqual(['put']);
  });

  test('an operator who asks for one file does not override the pause of its lane', async () => {
    const upload = world.put(key);
    await send(upload);
    expect(await send(upload, { early: true })).toMatchObject({ status: 'unchanged', as: 'waiting' });
    expect(world.kombo.posts).toEqual([]);
  });

  test('when a pause ends, nothing is written per file, and its files are sent', async () => {
    const upload = world.put(key);
    await send(upload);
    const { version } = await world.recordOf(upload);
    await open(lane);
    expect((await world.recordOf(upload)).version).toBe(version);
    expect(await send(upload)).toMatchObject({ status: 'attached', attempt: 1 });
  });
});

describe('the file that probes whether a pause has ended', () => {
  const byKombo = missingRight;
  test.each<[string, string, Partial<Record<string, typeof byKombo>>, boolean]>([
    ['of the lane is sent', integrationId, { [integrationId]: byKombo }, true],
    ['of the account is sent', accountLane, { [accountLane]: byKombo }, true],
    [
      'of the account is sent through a paused lane as well',
      accountLane,
      { '*': byKombo, [integrationId]: byKombo },
      true,
    ],
    ['of the lane waits while the account is paused', integrationId, { '*': byKombo, [integrationId]: byKombo }, false],
    ['of another lane waits', 'workday:Ab1', { [integrationId]: byKombo }, false],
    ['of the lane waits while an operator has paused it', integrationId, { [integrationId]: byOperator }, false],
    ['of the lane waits while an operator has paused everything', integrationId, { '*': byOperator }, false],
    ['of the account waits while an operator has paused everything', accountLane, { '*': byOperator }, false],
    [
      'of the account waits while an operator has paused the lane',
      accountLane,
      { '*': byKombo, [integrationId]: byOperator },
      false,
    ],
  ])('the file that probes the pause %s', async (_, probes, pauses, isSent) => {
    for (const [lane, by] of Object.entries(pauses)) await pause(lane, by);
    const upload = world.put(key);
    await send(upload);
    const sent = { status: 'attached', attempt: 1 };
    expect(await send(upload, { probes })).toMatchObject(isSent ? sent : { status: 'unchanged', as: 'waiting' });
    expect(world.kombo.posts).toHaveLength(isSent ? 1 : 0);
  });

  test('the file that probes a pause need not be due', async () => {
    const upload = world.put(key);
    world.kombo.script.push(() => refuses('INTEGRATION.PERMISSION_MISSING'));
    expect(await send(upload)).toMatchObject({ status: 'waiting', attempt: 1 });
    expect(await send(upload, { probes: integrationId })).toMatchObject({ status: 'attached', attempt: 2 });
  });

  test('the file that probes a pause of days is not held for an unrelated fault, because the days do not count', async () => {
    const failure = { code: 'STORAGE_UNAVAILABLE', detail: 'S3 answered SlowDown.' } as const;
    const open = async () => ({ ok: false, error: failure }) as const;
    const withoutStorage = { ...courier, storage: { ...courier.storage, open } };
    const upload = world.put(key);
    const tries = (options?: Partial<DeliverOptions>) => world.run(send(upload, options, withoutStorage));
    expect(await tries()).toMatchObject({ status: 'waiting', attempt: 1 });
    await pause(integrationId, byKombo);
    world.clock.advance(3 * 24 * hour);
    expect(await tries({ probes: integrationId })).toMatchObject({ status: 'waiting', attempt: 2 });
  });
});

describe('while a lane is paused', () => {
  test('a waiting file keeps its due time and its failure while its lane is paused', async () => {
    const upload = world.put(key);
    world.kombo.script.push(() => refuses('KOMBO_BROKE_OFF'));
    await send(upload);
    const before = await world.recordOf(upload);
    await pause(integrationId);
    world.clock.advance(hour);
    expect(await send(upload)).toMatchObject({ status: 'unchanged', as: 'waiting' });
    expect(await world.recordOf(upload)).toEqual(before);
  });

  test('a corrected upload of a rejected file waits in a paused lane, and is sent when the lane opens', async () => {
    const upload = { ...world.put(key, { metadata: { 'kombo-remote-fields': 'no JSON' } }), sequencer: '0A' };
    expect(await send(upload)).toMatchObject({ status: 'rejected' });
    await pause(integrationId);
    world.put(key, { etag: upload.etag });
    const corrected = { ...upload, sequencer: '0B' };
    expect(await send(corrected)).toMatchObject({ status: 'waiting', failure: { code: 'INTEGRATION_PAUSED' } });
    await open(integrationId);
    expect(await send(corrected)).toMatchObject({ status: 'attached' });
  });

  test('a file whose key names no target is rejected even while a lane is paused, because no lane would send it', async () => {
    await pause(accountLane);
    expect(await send(world.put('elsewhere/CV.pdf'))).toMatchObject({ status: 'rejected' });
  });
});

test('a warm function reads a new pause within 30 seconds', async () => {
  const other = world.newCourier();
  await send(world.put(key), {}, other);
  await pause(integrationId);
  world.clock.advance(30 * second + 1);
  expect(await send(world.put('candidates/GRK124/CV.pdf'), {}, other)).toMatchObject({ status: 'waiting' });
});

describe.each([
  ['of the integration', laneKey(integrationId)],
  ['of the account', laneKey(accountLane)],
])('a lane item %s that is damaged', (_, pk) => {
  const damaged = { pk, version: 3, document: '{"tool":"?"}' };
  beforeEach(() => void world.table.items.set(pk, damaged));

  test('a damaged lane item counts as paused: the upload waits, and the answer gives the next step', async () => {
    expect(await send(world.put(key))).toMatchObject({
      status: 'waiting',
      failure: { code: 'INTEGRATION_PAUSED', detail: expect.stringContaining('cannot be read') },
    });
    expect(world.kombo.posts).toEqual([]);
  });

  test('a damaged lane item is overwritten neither by an upload nor by the answer to a file that was being sent', async () => {
    await send(world.put(key));
    expect(world.table.items.get(pk)).toMatchObject({ document: damaged.document });

    for (const code of ['INTEGRATION.INACTIVE', 'PLATFORM.AUTHENTICATION_INVALID'] as const) {
      world.table.items.clear();
      world.kombo.script.push(() => {
        world.table.items.set(pk, damaged);
        return refuses(code);
      });
      const sent = await send(world.put('candidates/GRK124/CV.pdf'), {}, world.newCourier());
      expect(sent).toMatchObject({ status: 'waiting', failure: { code } });
      expect(world.table.items.get(pk)).toMatchObject({ document: damaged.document });
    }
  });

  test('a damaged lane item stops a probe as well, because an operator may have paused the lane', async () => {
    for (const probes of [integrationId, accountLane]) {
      const upload = world.put(`candidates/GRK125/${probes}.pdf`);
      expect(await send(upload, { probes })).toMatchObject({ status: 'waiting', attempt: 0 });
    }
    expect(world.kombo.posts).toEqual([]);
  });
});
