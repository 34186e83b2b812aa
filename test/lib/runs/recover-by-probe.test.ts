import { beforeEach, describe, expect, test } from 'vitest';
import type { KomboFailure } from '../../../lib/kombo/classify-response.ts';
import { accountLane, newLane } from '../../../lib/lane/lane.ts';
import type { Upload } from '../../../lib/upload/upload.ts';
import { noise } from '../../fakes/files.ts';
import { learnTool } from '../../fakes/known-tool.ts';
import { day, hour, integrationId, minute, nine, second, states } from '../../fakes/ledger-samples.ts';
import { byOperator, missingRight } from '../../fakes/pause-samples.ts';
import { refuses } from '../../fakes/scripted-kombo.ts';
import { bucketName } from '../../worlds/delivery-world.ts';
import { keyOf, type LaneWorld, laneWorld } from '../../worlds/lane-world.ts';

/** Pauses that only a call can show to be over. */

let world: LaneWorld;
beforeEach(() => {
  world = laneWorld();
});

/** The first file starts the pause, the others wait behind it. */
const paused = async (code: KomboFailure['code'], names = ['GRK1', 'GRK2', 'GRK3']): Promise<void> => {
  for (const [place, name] of names.entries()) await world.send(name, place === 0 ? () => refuses(code) : undefined);
  world.newPosts();
};
const always = (code: KomboFailure['code']): void => {
  world.kombo.script.shift = () => () => refuses(code);
};
const failListings = (code: KomboFailure['code']): void => {
  const failure = { code, detail: 'Kombo answered HTTP 503.' };
  world.kombo.listing = () => ({ ok: false, failure, concurrency: {} });
};
/** At which minutes since the start a call was made, with a run in each minute. */
const minutesOf = async (durationMs: number, asked: () => number): Promise<readonly number[]> => {
  const minutes: number[] = [];
  const startedAt = world.clock.now();
  for (let before = asked(); world.clock.now() - startedAt <= durationMs; before = asked()) {
    await world.recover();
    if (asked() > before) minutes.push(Math.floor((world.clock.now() - startedAt) / minute));
    world.clock.advance(minute);
  }
  return minutes;
};

test('a cause that no state shows is probed after 5 minutes, then after twice as long each time, up to an hour', async () => {
  await paused('INTEGRATION.PERMISSION_MISSING');
  always('INTEGRATION.PERMISSION_MISSING');
  expect(await minutesOf(4 * hour, () => world.kombo.posts.length)).toEqual([5, 15, 35, 75, 135, 195]);
  expect(world.kombo.readings).toEqual([]);
  const [, ...tried] = world.kombo.posts.map(({ id }) => id);
  for (const [place, id] of tried.entries()) expect(id).not.toBe(tried[place + 1]);
  expect(world.lane().pause?.end?.probedId).toBeDefined();
});

test('a successful probe opens the lane: one file, and the others follow', async () => {
  await paused('INTEGRATION.PERMISSION_MISSING');
  world.clock.advance(5 * minute);
  const { opened, outcomes } = await world.recover();
  expect({ opened, outcomes }).toMatchObject({ opened: [integrationId], outcomes: [{ status: 'attached' }] });
  expect(world.newPosts()).toBe(1);
  expect(await world.work({ opened })).toMatchObject({ outcomes: { attached: 2 } });
});

describe('an outage', () => {
  const outage = async (): Promise<void> => {
    for (const name of ['GRK1', 'GRK2', 'GRK3']) await world.send(name, () => refuses('REMOTE.SERVICE_UNAVAILABLE'));
    for (const name of ['GRK4', 'GRK5', 'GRK6']) await world.send(name);
    world.newPosts();
    expect(world.lane().pause?.code).toBe('REMOTE.SERVICE_UNAVAILABLE');
  };

  test('an outage in which listing fails, too, is probed after a minute, then up to every 30 minutes, and nothing is sent', async () => {
    await outage();
    failListings('REMOTE.SERVICE_UNAVAILABLE');
    expect(await minutesOf(2 * hour, () => world.kombo.listings.length)).toEqual([1, 3, 7, 15, 31, 61, 91]);
    expect(world.newPosts()).toBe(0);
  });

  test('an outage in which listing works and posting fails costs one file per probe, another one each time', async () => {
    await outage();
    always('REMOTE.SERVICE_UNAVAILABLE');
    expect(await minutesOf(10 * minute, () => world.kombo.posts.length)).toEqual([1, 3, 7]);
    expect(world.kombo.posts.slice(-3).map(({ id }) => id)).toEqual(['GRK4', 'GRK5', 'GRK6']);
  });

  test('an outage with only lost answers does not end by a listing: they are decided, and an absent file is the next probe', async () => {
    learnTool(world);
    const uploads: Upload[] = [];
    for (const name of ['GRK1', 'GRK2', 'GRK3']) {
      uploads.push(await world.send(name, () => refuses('REMOTE.SERVICE_UNAVAILABLE')));
    }
    world.newPosts();
    world.clock.advance(minute);
    expect((await world.recover()).opened).toEqual([]);
    expect(world.newPosts()).toBe(0);
    const opened: string[] = [];
    for (let passed = 0; passed < 3 * hour && opened.length === 0; passed += 5 * minute) {
      world.clock.advance(5 * minute);
      opened.push(...(await world.recover()).opened);
    }
    expect(opened).toEqual([integrationId]);
    expect(world.newPosts()).toBe(1);
    expect(await Promise.all(uploads.map(world.statusOf))).toContain('waiting');
  });
});

test('a pause that is not an outage, with only lost answers, ends by a listing, and none of them is sent', async () => {
  const upload = await world.send('GRK1', () => refuses('ANSWER_LOST'));
  world.setLane({ pause: { ...missingRight, since: world.clock.now() } });
  world.newPosts();
  world.clock.advance(5 * minute);
  failListings('KOMBO_NOT_FOUND');
  expect(await world.recover()).toMatchObject({ opened: [], outcomes: [] });
  world.kombo.listing = undefined;
  world.clock.advance(hour);
  expect(await world.recover()).toMatchObject({ opened: [integrationId], outcomes: [] });
  expect(world.kombo.listings).toHaveLength(2);
  expect(world.newPosts()).toBe(0);
  expect(await world.statusOf(upload)).toBe('unknown');
});

describe('a listing without an answer, during a pause that is not an outage', () => {
  test.each(['OUT_OF_TIME', 'KOMBO_UNREACHABLE', 'REMOTE.SERVICE_UNAVAILABLE'] as const)(
    'a listing that ends with %s proves nothing about a cause other than an outage: it is repeated once, then a file is sent',
    async (code) => {
      await paused('INTEGRATION.PERMISSION_MISSING');
      failListings(code);
      always('INTEGRATION.PERMISSION_MISSING');
      world.clock.advance(5 * minute);
      await world.recover();
      expect(world.lane().pause?.end?.nextAt).toBe(world.clock.now() + 10 * second);
      expect(await minutesOf(12 * minute, () => world.kombo.listings.length)).toEqual([1]);
      expect(world.newPosts()).toBe(1);
      world.clock.advance(hour);
      world.kombo.script.shift = () => undefined;
      expect((await world.recover()).opened).toEqual([]);
      world.clock.advance(minute);
      expect((await world.recover()).opened).toEqual([integrationId]);
    },
  );
});

test('a listing that meets the cause of the pause itself is repeated at growing intervals', async () => {
  await paused('INTEGRATION.QA_FAILED');
  failListings('INTEGRATION.QA_FAILED');
  expect(await minutesOf(80 * minute, () => world.kombo.listings.length)).toEqual([5, 15, 35, 75]);
});

test("an operator's pause is never opened by a run, and costs no call", async () => {
  await paused('INTEGRATION.PERMISSION_MISSING');
  world.setLane({ pause: byOperator });
  for (let passed = 0; passed < 3 * day; passed += hour) {
    expect((await world.recover()).opened).toEqual([]);
    world.clock.advance(hour);
  }
  expect(world.lane().pause).toEqual(byOperator);
  expect([world.newPosts(), world.kombo.listings.length, world.kombo.readings.length]).toEqual([0, 0, 0]);
});

describe('what another function writes to a lane while a run probes it', () => {
  const damage = (): void => {
    const item = world.table.items.get(`lane#${integrationId}`);
    if (item) world.table.items.set(item.pk, { ...item, document: '{' });
  };
  const status = () => {
    const lane = world.table.items.get(`lane#${integrationId}`);
    return lane?.document === '{' ? 'damaged' : world.lane().pause;
  };
  const newer = { ...missingRight, since: nine + hour };

  test.each<[string, () => void, unknown, readonly string[]]>([
    ["an operator's pause stays", () => world.setLane({ pause: byOperator }), byOperator, []],
    ['a newer pause stays', () => world.setLane({ pause: newer }), newer, []],
    ['an opening stays', () => world.setLane({ pause: undefined }), undefined, [integrationId]],
    ['what cannot be read stays', damage, 'damaged', []],
  ])('a successful probe changes nothing that was written during it: %s', async (_, write, after, opened) => {
    await paused('INTEGRATION.PERMISSION_MISSING');
    world.clock.advance(5 * minute);
    world.kombo.script.push(() => {
      write();
      return { delivers: true, says: { ok: true, value: { warnings: [] }, concurrency: {} } };
    });
    expect((await world.recover()).opened).toEqual(opened);
    expect(world.newPosts()).toBe(1);
    expect(status()).toEqual(after);
  });

  test('a probe that meets the cause leaves a lane open that was opened during it', async () => {
    await paused('INTEGRATION.PERMISSION_MISSING');
    world.clock.advance(5 * minute);
    world.kombo.script.push(() => {
      world.setLane({ pause: undefined });
      return refuses('REMOTE.RATE_LIMIT_EXCEEDED');
    });
    expect((await world.recover()).opened).toEqual([]);
    expect(world.lane().pause).toBeUndefined();
  });

  test.each<[string, () => void]>([
    ['opened it', () => world.setLane({ pause: undefined })],
    ["wrote an operator's pause", () => world.setLane({ pause: byOperator })],
    ['began a pause at another time', () => world.setLane({ pause: { ...missingRight, since: nine + hour } })],
    [
      'took the turn',
      () => world.setLane({ pause: { ...missingRight, end: { by: 'probe', nextAt: nine, probes: 0 } } }),
    ],
    [
      'probed it',
      () => world.setLane({ pause: { ...missingRight, end: { by: 'probe', nextAt: nine + 5 * minute, probes: 3 } } }),
    ],
    ['damaged it', damage],
  ])('a run sends no probe when another function has written the lane since it read it: %s', async (_, write) => {
    world.addWaiting('GRK1');
    world.setLane({ pause: missingRight });
    world.clock.advance(5 * minute);
    const courier = world.newCourier();
    const old = world.lane();
    write();
    const read: typeof courier.lanes.read = async (id) => (id === integrationId ? old : courier.lanes.read(id));
    const suggest = async (): Promise<void> => undefined;
    const directory: typeof courier.lanes.directory = async function* (part) {
      if (part === 'paused') yield { integrationId, waiting: 1, unknown: 0, unreadable: 0 } as never;
    };
    await world.recover({ courier: { ...courier, lanes: { ...courier.lanes, read, suggest, directory } } });
    expect([world.newPosts(), world.kombo.listings]).toEqual([0, []]);
  });
});

describe('a lane that the directory lists as paused although it is open', () => {
  const listed = (change: Parameters<LaneWorld['setLane']>[0]) => {
    world.setLane({ ...change });
    const item = world.table.items.get(`lane#${integrationId}`);
    if (item) world.table.items.set(item.pk, { ...item, workShard: 'lanes#paused', workAt: nine - minute });
  };

  test.each([
    ['now', undefined, nine],
    ['now instead of later', nine + hour, nine],
    ['as soon as before', nine - hour, nine - hour],
  ])('an open lane that is listed as paused is listed as open again, and read %s', async (_, nextAt, expected) => {
    listed({ nextAt });
    await world.recover();
    expect(world.table.items.get(`lane#${integrationId}`)).toMatchObject({ workShard: 'lanes', workAt: expected });
    expect(world.table.items.has('lane#*')).toBe(false);
  });

  test('an open lane that is paused before it is listed as open again stays paused', async () => {
    world.setLane({ pause: byOperator });
    world.clock.advance(hour);
    const courier = world.newCourier();
    const read: typeof courier.lanes.read = async (id) => newLane(id);
    await world.recover({ courier: { ...courier, lanes: { ...courier.lanes, read } } });
    expect(world.lane()).toMatchObject({ version: 1, pause: byOperator });
  });
});

test('files that our own rules reject, and files that are gone, use up no probe', async () => {
  for (const name of ['GRK1', 'GRK2', 'GRK3', 'GRK4']) world.addWaiting(name);
  for (const [key, file] of world.bucket) if (/GRK[12]/.test(key)) world.bucket.set(key, { ...file, bytes: noise });
  for (const key of world.bucket.keys()) if (key.includes('GRK3')) world.bucket.delete(key);
  const end = { by: 'probe', nextAt: nine, probes: 0 } as const;
  world.setLane({ pause: { ...byOperator, code: 'INTEGRATION.QA_FAILED', by: 'kombo', end } });
  const { opened, outcomes } = await world.recover();
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'attached']);
  expect(opened).toEqual([integrationId]);
  expect(world.newPosts()).toBe(1);
});

test('two runs that reach a lane concurrently send one probe', async () => {
  await paused('INTEGRATION.PERMISSION_MISSING');
  always('INTEGRATION.PERMISSION_MISSING');
  world.clock.advance(5 * minute);
  await Promise.all([world.recover(), world.recover(), world.recover()]);
  expect(world.newPosts()).toBe(1);
});

test('a probe is not started when time is short', async () => {
  await paused('INTEGRATION.PERMISSION_MISSING');
  world.clock.advance(5 * minute);
  expect(await world.recover({ deadline: world.deadline(30 * second) })).toMatchObject({ opened: [], outcomes: [] });
  expect(world.newPosts()).toBe(0);
});

test.each([integrationId, accountLane])(
  'the lane %s without a waiting file is not probed; the next file that waits in it is',
  async (lane) => {
    const end = { by: 'probe', nextAt: nine, probes: 0 } as const;
    world.setLane({ pause: { ...byOperator, by: 'kombo', code: 'INTEGRATION.QA_FAILED', end } }, lane);
    expect(await world.recover()).toEqual({ opened: [], outcomes: [], unreadable: 0 });
    expect(world.kombo.listings).toEqual([]);
    expect(world.lane(lane).pause?.end?.nextAt).toBe(nine + 10 * second);
    await world.send('GRK1');
    world.clock.advance(hour);
    expect((await world.recover()).opened).toEqual([lane]);
  },
);

test('thirty unreadable records at the head of a lane do not hide the file behind them', async () => {
  for (let number = 0; number < 30; number += 1) {
    world.damage(world.addWaiting(`BAD${number}`, { dueAt: nine - hour }));
  }
  world.addWaiting('GRK1', { state: { ...states.waiting, dueAt: nine } });
  const end = { by: 'probe', nextAt: nine, probes: 0 } as const;
  world.setLane({ pause: { ...byOperator, by: 'kombo', code: 'INTEGRATION.QA_FAILED', end } });
  expect((await world.recover()).opened).toEqual([integrationId]);
  expect(world.kombo.posts).toMatchObject([{ id: 'GRK1' }]);
});

describe('a lane of an unknown id, paused by three lost answers', () => {
  const id = 'greenhouse:Mistyped';
  beforeEach(async () => {
    for (const name of ['GRK1', 'GRK2', 'GRK3']) await world.send(name, () => refuses('ANSWER_LOST'), id);
    expect(world.lane(id).pause?.code).toBe('ANSWER_LOST');
    world.newPosts();
    failListings('PLATFORM.INTEGRATION_NOT_FOUND');
    always('PLATFORM.INTEGRATION_NOT_FOUND');
  });

  test('the paused lane of an unknown id opens when no file is in it any more', async () => {
    for (const pk of world.table.items.keys()) if (!pk.startsWith('lane#')) world.table.items.delete(pk);
    world.clock.advance(hour);
    expect(await world.recover()).toEqual({ opened: [id], outcomes: [], unreadable: 0 });
  });

  test('the paused lane of an unknown id opens with the first file that waits, which is rejected', async () => {
    const upload = await world.send('GRK4', undefined, id);
    world.clock.advance(hour);
    expect((await world.recover()).opened).toEqual([id]);
    expect(await world.statusOf(upload)).toBe('rejected');
    expect(world.newPosts()).toBe(1);
  });

  test('the paused lane of an unknown id holds the files with lost answers after a day, and is not paused forever', async () => {
    for (let passed = 0; passed < 2 * day; passed += 5 * minute) {
      await world.runAll();
      world.clock.advance(5 * minute);
    }
    const statuses = await Promise.all(
      ['GRK1', 'GRK2', 'GRK3'].map((name) =>
        world.statusOf({ bucket: bucketName, key: keyOf(name, id), etag: `etag-${name}` }),
      ),
    );
    expect(statuses).toEqual(['held', 'held', 'held']);
    expect(world.lane(id).pause).toBeUndefined();
    expect(world.newPosts()).toBe(0);
  });
});
