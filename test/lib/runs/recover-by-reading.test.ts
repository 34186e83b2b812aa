import { beforeEach, describe, expect, test } from 'vitest';
import type { FailureCode } from '../../../lib/failures/failures.ts';
import type { KomboFailure } from '../../../lib/kombo/classify-response.ts';
import { integrationId, minute } from '../../fakes/ledger-samples.ts';
import { refuses } from '../../fakes/scripted-kombo.ts';
import { type LaneWorld, laneWorld } from '../../worlds/lane-world.ts';

/** Pauses whose cause is visible in Kombo's description of the integration. */

let world: LaneWorld;
beforeEach(() => {
  world = laneWorld();
});

const says = (value: object): void => {
  world.kombo.described = () => ({ ok: true, value, concurrency: {} });
};
const fails = (code: FailureCode): void => {
  const failure = { code, detail: 'Kombo answered.' } as KomboFailure;
  world.kombo.described = () => ({ ok: false, failure, concurrency: {} });
};
/** The first file starts the pause, the others wait behind it. */
const paused = async (code: KomboFailure['code'], names = ['GRK1', 'GRK2', 'GRK3']): Promise<void> => {
  for (const [place, name] of names.entries()) await world.send(name, place === 0 ? () => refuses(code) : undefined);
  world.newPosts();
};

test('a reconnected integration opens in the next run, with one file sent, and the others follow in the same run', async () => {
  says({ status: 'INVALID' });
  await paused('INTEGRATION.AUTHENTICATION_INVALID');
  for (let run = 0; run < 20; run += 1) {
    expect(await world.recover()).toEqual({ outcomes: [], opened: [], unreadable: 0 });
    world.clock.advance(5 * minute);
  }
  expect(world.kombo.readings).toHaveLength(20);
  expect(world.newPosts()).toBe(0);
  expect(world.kombo.listings).toEqual([]);

  says({ status: 'ACTIVE' });
  const { opened, outcomes } = await world.recover();
  expect(opened).toEqual([integrationId]);
  expect(outcomes).toMatchObject([{ status: 'attached' }]);
  expect(world.newPosts()).toBe(1);
  expect(world.kombo.listings).toEqual([]);
  expect(world.lane()).toMatchObject({ openedAt: world.clock.now(), outages: 0 });
  expect(world.lane().pause).toBeUndefined();
  expect(await world.work({ opened })).toMatchObject({ outcomes: { attached: 2 } });
});

describe('an integration that Kombo calls healthy although it has just refused a file', () => {
  test('an integration called healthy after a refusal is listed and then sent one file, in the first run', async () => {
    says({ status: 'ACTIVE' });
    await paused('INTEGRATION.INACTIVE');
    expect((await world.recover()).opened).toEqual([integrationId]);
    expect(world.kombo.listings).toHaveLength(1);
    expect(world.newPosts()).toBe(1);
  });

  test('an integration called healthy that refuses again is probed with another file 10 minutes later, and is not read again', async () => {
    says({ status: 'ACTIVE' });
    await paused('INTEGRATION.INACTIVE');
    world.kombo.script.push(() => refuses('INTEGRATION.INACTIVE'));
    expect((await world.recover()).opened).toEqual([]);
    world.clock.advance(10 * minute - 1);
    await world.recover();
    expect(world.newPosts()).toBe(1);
    world.clock.advance(1);
    expect((await world.recover()).opened).toEqual([integrationId]);
    const [, first, second] = world.kombo.posts.map(({ id }) => id);
    expect(second).not.toBe(first);
    expect(world.kombo.readings).toHaveLength(1);
  });

  test('an integration called healthy that refuses the listing, too, is sent no file', async () => {
    says({ status: 'ACTIVE' });
    await paused('INTEGRATION.INACTIVE');
    const failure = { code: 'INTEGRATION.INACTIVE', detail: 'Kombo answered HTTP 409.' } as const;
    world.kombo.listing = () => ({ ok: false, failure, concurrency: {} });
    expect((await world.recover()).opened).toEqual([]);
    expect(world.newPosts()).toBe(0);
    expect(world.lane().pause?.end).toMatchObject({ by: 'probe', probes: 1 });
  });
});

describe('a reading that fails or shows nothing', () => {
  test.each<FailureCode>(['KOMBO_NOT_FOUND', 'KOMBO_FAULT', 'ANSWER_UNREADABLE', 'KOMBO_FORBIDDEN'])(
    'a reading that fails with %s leaves the decision to a listing and one file',
    async (code) => {
      fails(code);
      await paused('INTEGRATION.INACTIVE');
      expect((await world.recover()).opened).toEqual([integrationId]);
      expect(world.newPosts()).toBe(1);
    },
  );

  test('one failed reading after the cause was seen does not end the readings: the integration opens within 10 minutes', async () => {
    says({ status: 'INVALID' });
    await paused('INTEGRATION.AUTHENTICATION_INVALID');
    await world.recover();
    fails('KOMBO_FAULT');
    const failure = { code: 'INTEGRATION.AUTHENTICATION_INVALID', detail: 'Kombo answered HTTP 409.' } as const;
    world.kombo.listing = () => ({ ok: false, failure, concurrency: {} });
    world.clock.advance(5 * minute);
    await world.recover();
    expect(world.newPosts()).toBe(0);
    says({ status: 'INVALID' });
    world.clock.advance(10 * minute);
    await world.recover();
    world.kombo.listing = undefined;
    says({ status: 'ACTIVE' });
    world.clock.advance(5 * minute);
    expect((await world.recover()).opened).toEqual([integrationId]);
  });

  test('an integration whose readings always fail is still sent a file, at least every hour', async () => {
    fails('KOMBO_FAULT');
    await paused('INTEGRATION.INACTIVE');
    world.kombo.script.push(...Array.from({ length: 3 }, () => () => refuses('INTEGRATION.INACTIVE')));
    for (let passed = 0; passed < 150; passed += 5) {
      await world.recover();
      world.clock.advance(5 * minute);
    }
    expect(world.lane().pause).toBeUndefined();
    expect(world.newPosts()).toBe(4);
  });
});

test('a refused API key is probed by a reading, and no file is sent until the key is accepted', async () => {
  fails('PLATFORM.AUTHENTICATION_INVALID');
  await paused('PLATFORM.AUTHENTICATION_INVALID');
  for (let run = 0; run < 5; run += 1) {
    await world.recover();
    world.clock.advance(5 * minute);
  }
  expect(world.newPosts()).toBe(0);
  says({});
  expect((await world.recover()).opened).toEqual(['*']);
  expect(world.newPosts()).toBe(1);
});
