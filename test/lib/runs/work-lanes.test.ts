import { beforeEach, describe, expect, test } from 'vitest';
import { sleep } from '../../../lib/clock.ts';
import { fromItem, toItem } from '../../../lib/ledger/record-item.ts';
import { fail } from '../../../lib/result.ts';
import { visitLane } from '../../../lib/runs/lane-visit.ts';
import type { Upload } from '../../../lib/upload/upload.ts';
import { hour, integrationId, minute, nine, second, states } from '../../fakes/ledger-samples.ts';
import { byOperator, otherIntegration } from '../../fakes/pause-samples.ts';
import { losesAnswer, refuses, takes } from '../../fakes/scripted-kombo.ts';
import { keyOf, type LaneWorld, laneWorld } from '../../worlds/lane-world.ts';

let world: LaneWorld;
beforeEach(() => {
  world = laneWorld();
});

const addMany = (count: number, id = integrationId): readonly Upload[] =>
  Array.from({ length: count }, (_, number) => world.addWaiting(`GRK${number}`, { id }));

describe('a run over the lanes', () => {
  test('a run sends the files that are known not to be delivered', async () => {
    const upload = world.addWaiting('GRK1');
    expect(await world.work()).toEqual({
      outcomes: { attached: 1 },
      lanes: 1,
      compared: 0,
      found: 0,
      left: 0,
      lanesLeft: false,
      unreadable: 0,
    });
    expect(await world.statusOf(upload)).toBe('attached');
  });

  test('a run leaves files that are not due yet', async () => {
    world.addWaiting('GRK1', { dueAt: nine + minute });
    world.table.calls.length = 0;
    expect(await world.work()).toMatchObject({ lanes: 0, outcomes: {} });
    expect(world.kombo.posts).toEqual([]);
    expect(world.table.calls).not.toContain('getMany');
  });

  test('a run reads back a file that may be delivered, and does not send it', async () => {
    const upload = await world.send('GRK1', losesAnswer);
    world.clock.advance(minute);
    expect(await world.work()).toMatchObject({ outcomes: { attached: 1 } });
    expect(await world.statusOf(upload)).toBe('attached');
    expect(world.kombo.posts).toHaveLength(1);
  });

  test('a run starts no file when time is short, and reports that there is more', async () => {
    world.addWaiting('GRK1');
    const report = await world.work({ deadline: world.deadline(59 * second) });
    expect(report).toMatchObject({ outcomes: {}, lanes: 0, lanesLeft: true });
    expect(world.kombo.posts).toEqual([]);
  });

  test('a run reports how many due files it has read and not started', async () => {
    addMany(30);
    world.kombo.script.shift = () => async () => {
      world.clock.advance(minute);
      return takes();
    };
    const report = await world.work({ parallelism: 1, deadline: world.deadline(2.5 * minute) });
    expect(report).toMatchObject({ outcomes: { attached: 2 }, left: 28, lanesLeft: true });
  });

  test('a run whose table fails starts nothing more, and throws after everything that was started has settled', async () => {
    const [, second_] = addMany(9);
    const courier = world.newCourier();
    const claim: typeof courier.ledger.claim = (event, seen) =>
      event.upload.key === keyOf('GRK0')
        ? Promise.reject(new Error('The table is silent.'))
        : courier.ledger.claim(event, seen);
    world.kombo.script.shift = () => async () => {
      await sleep(world.clock, second);
      return takes();
    };
    const run = world.work({ courier: { ...courier, ledger: { ...courier.ledger, claim } }, parallelism: 2 });
    await expect(run).rejects.toThrow('The table is silent.');
    expect(await world.statusOf(second_ as Upload)).toBe('attached');
    expect(world.kombo.posts).toHaveLength(1);
  });

  test('a run writes a lane as soon as its last file has settled, before it sends those of the next lane', async () => {
    addMany(2, 'a:1');
    world.addWaiting('LAST', { id: 'b:2' });
    const counted: boolean[] = [];
    world.kombo.script.shift = () => async () => {
      counted.push(world.lane('a:1').counts !== undefined);
      return takes();
    };
    expect(await world.work({ parallelism: 1 })).toMatchObject({ outcomes: { attached: 3 }, lanes: 2 });
    expect(counted).toEqual([false, false, true]);
  });

  test('a run stores what waits in a lane, for the gauges, and reads it when its first file is due', async () => {
    world.setLane({ touchedAt: nine, nextAt: nine });
    for (let number = 1; number <= 3; number += 1)
      world.addWaiting(`GRK${number}`, { dueAt: nine + number * hour, change: { createdAt: nine - number * hour } });
    world.addWaiting('GRK9', { state: { ...states.unknown, dueAt: nine + 9 * hour } });
    world.setLane({ touchedAt: nine - 2 * hour });
    await world.work();
    expect(world.lane().counts).toEqual({ waiting: 3, unknown: 1, oldestAt: nine - 3 * hour, at: nine });
    expect(world.lane().nextAt).toBe(nine + hour);
  });

  test('a run reads the index of a lane page by page, as far as it shows something due', async () => {
    addMany(32);
    for (let number = 0; number < 28; number += 1) world.addWaiting(`LATE${number}`, { dueAt: nine + hour });
    for (const item of world.table.items.values())
      if (item.workAt === nine - second)
        world.table.items.set(item.pk, toItem({ ...fromItem(item), state: { ...states.waiting, dueAt: nine } }, 400));
    const courier = world.newCourier();
    const first = { pk: 'first' };
    let pages = 0;
    const filesInLane: typeof courier.ledger.filesInLane = async (id, part, _count, after) => {
      if (part === 'backfill') return { entries: [] };
      pages += 1;
      // DynamoDB may end a page before its first item.
      if (after === undefined) return { entries: [], next: first };
      return courier.ledger.filesInLane(id, part, 30, after === first ? undefined : after);
    };
    const report = await world.work({ courier: { ...courier, ledger: { ...courier.ledger, filesInLane } } });
    expect(report).toMatchObject({ outcomes: { attached: 32 }, left: 0 });
    expect(pages).toBe(3);
  });
});

test('a target is not looked at before its time, although the index still shows an earlier one', async () => {
  const upload = world.addWaiting('GRK1', { state: { ...states.unknown, dueAt: nine } });
  const { items } = await world.table.query({ index: 'byWork', hash: `wait#${integrationId}`, limit: 10 });
  world.addWaiting('GRK1', { state: { ...states.unknown, dueAt: nine + hour } });
  const { query } = world.table;
  world.table.query = async (asked) =>
    asked.index === 'byWork' && asked.hash.startsWith('wait#') ? { items } : query(asked);
  expect(await world.work()).toMatchObject({ outcomes: {} });
  expect(world.kombo.listings).toEqual([]);
  expect(await world.statusOf(upload)).toBe('unknown');
});

describe('records and lanes that cannot be read', () => {
  test('unreadable records are counted and logged without a name, and the files behind them are sent', async () => {
    for (let number = 0; number < 60; number += 1)
      world.damage(world.addWaiting(`BAD${number}`, { dueAt: nine - hour }));
    const upload = world.addWaiting('GRK1');
    expect(await world.work()).toMatchObject({ outcomes: { attached: 1 }, unreadable: 60 });
    expect(await world.statusOf(upload)).toBe('attached');
    expect(JSON.stringify(world.logged)).toContain('look at \\"layout\\"');
    expect(JSON.stringify(world.logged)).not.toContain('Frank');
  });

  test('a hundred and fifty damaged lanes at the head of the directory do not hide the one behind them', async () => {
    for (let number = 0; number < 150; number += 1) {
      const pk = `lane#damaged:${number}`;
      world.table.items.set(pk, { pk, version: 1, workShard: 'lanes', workAt: nine - hour, document: '{' });
    }
    const upload = world.addWaiting('GRK1');
    expect(await world.work()).toMatchObject({ outcomes: { attached: 1 }, unreadable: 150 });
    expect(await world.statusOf(upload)).toBe('attached');
    expect(world.logged).toContainEqual(
      expect.objectContaining({
        message: 'A lane cannot be read, so it counts as paused.',
        nextStep: expect.stringContaining('resume'),
      }),
    );
  });
});

describe('a pause', () => {
  test('a pause of lanes makes their files cost a run nothing', async () => {
    for (let number = 0; number < 100; number += 1) world.addWaiting(`GRK${number}`);
    world.setLane({ pause: byOperator });
    world.table.calls.length = 0;
    expect(await world.work()).toMatchObject({ lanes: 0, outcomes: {} });
    expect(world.table.calls.toSorted()).toEqual(['get', 'query']);
  });

  test('a pause that began again after this run had ended it leaves the lane alone', async () => {
    world.addWaiting('GRK1');
    world.setLane({ pause: byOperator });
    expect(await world.work({ opened: [integrationId] })).toMatchObject({ lanes: 0, outcomes: {} });
  });

  test('a pause of the account that begins during a run stops every lane', async () => {
    for (const id of [integrationId, otherIntegration]) addMany(60, id);
    world.kombo.script.shift = () => () => refuses('PLATFORM.AUTHENTICATION_INVALID');
    const { outcomes, left, lanesLeft } = await world.work();
    const posts = world.newPosts();
    expect(posts).toBeLessThanOrEqual(4);
    expect({ outcomes, lanesLeft }).toEqual({ outcomes: { waiting: posts }, lanesLeft: false });
    expect(left).toBe(120 - posts);
  });

  test('while the account is paused a run reads no lane', async () => {
    world.addWaiting('GRK1');
    world.setLane({ pause: byOperator }, '*');
    world.table.calls.length = 0;
    expect(await world.work()).toMatchObject({ lanes: 0, outcomes: {}, lanesLeft: false });
    expect(world.table.calls).toEqual(['get']);
  });

  test('a pause that starts while a lane is being worked on stops that lane, and the others continue', async () => {
    addMany(30);
    addMany(10, otherIntegration);
    world.kombo.script.shift =
      () =>
      ({ integrationId: id }) =>
        id === integrationId ? refuses('INTEGRATION.INACTIVE') : takes();
    const report = await world.work({ parallelism: 1 });
    expect(report).toMatchObject({ outcomes: { waiting: 1, attached: 10 }, left: 29 });
    expect(world.kombo.posts.filter(({ integrationId: id }) => id === integrationId)).toHaveLength(1);
  });

  test('a run writes nothing for the files that wait behind a pause', async () => {
    const uploads = addMany(10);
    world.setLane({ pause: byOperator });
    const before = uploads.map(({ bucket, key, etag }) => world.table.items.get(`${bucket}/${key}#${etag}`));
    for (let run = 0; run < 5; run += 1) await world.runAll();
    expect(uploads.map(({ bucket, key, etag }) => world.table.items.get(`${bucket}/${key}#${etag}`))).toEqual(before);
    expect(before.every((item) => item !== undefined)).toBe(true);
  });

  test('a pause that has ended lets a run send all files, although the index still shows the lane as paused', async () => {
    addMany(10);
    const { query } = world.table;
    const read: string[] = [];
    world.table.query = async (asked) => {
      read.push(asked.hash);
      return asked.index === 'byWork' && asked.hash === 'lanes' ? { items: [] } : query(asked);
    };
    expect(await world.work({ opened: ['*', integrationId] })).toMatchObject({ outcomes: { attached: 10 }, lanes: 1 });
    expect(read).not.toContain('wait#*');
  });

  test('a pause that has ended lets a run visit its lane once, and never that of the account', async () => {
    addMany(10);
    world.setLane({ nextAt: nine - hour }, '*');
    const { query } = world.table;
    const read: string[] = [];
    world.table.query = async (asked) => {
      read.push(asked.hash);
      return query(asked);
    };
    expect(await world.work({ opened: [integrationId] })).toMatchObject({ outcomes: { attached: 10 }, lanes: 1 });
    expect(read.filter((hash) => hash.startsWith('wait#'))).toEqual([`wait#${integrationId}`]);
  });
});

test('the retry budget of a file starts again when its lane opens, and not otherwise', async () => {
  const tired = { attempts: 30, attemptsSinceRelease: 5, countedAttempts: 5, countedSince: nine - 30 * hour };
  const held = world.addWaiting('GRK1', { change: tired, id: otherIntegration });
  const kept = world.addWaiting('GRK2', { change: tired });
  world.setLane({ openedAt: nine - hour });
  const courier = world.newCourier();
  const open = async () => fail('STORAGE_UNAVAILABLE', 'S3 answered SlowDown (HTTP 503).');
  await world.work({ courier: { ...courier, storage: { ...courier.storage, open } } });
  expect((await world.recordOf(held)).state).toMatchObject({ status: 'held', failure: { code: 'RETRIES_EXHAUSTED' } });
  expect((await world.recordOf(kept)).state).toMatchObject({ status: 'waiting' });
});

test('a file whose key no longer matches a template is rejected when it is sent again', async () => {
  const upload = world.addWaiting('GRK1');
  expect(upload.key).toBe(keyOf('GRK1'));
  await world.work({ settings: { keyTemplates: [] } });
  expect((await world.recordOf(upload)).state).toMatchObject({
    status: 'rejected',
    failure: { code: 'KEY_NOT_MATCHED' },
  });
});

test('a run that froze after it had read a lane does not hide a file that arrived since', async () => {
  world.setLane({ touchedAt: nine - 5 * minute, nextAt: nine });
  const options = { deadline: world.deadline(hour), parallelism: 4, worstCaseMs: minute };
  const visit = await world.run(visitLane(integrationId, options, world.newCourier()));
  world.clock.advance(20 * minute);
  if (typeof visit === 'object') await visit.end();
  expect(world.lane().nextAt).toBeLessThanOrEqual(world.clock.now());
});
