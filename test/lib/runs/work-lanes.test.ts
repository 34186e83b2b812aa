import { beforeEach, describe, expect, test } from 'vitest';
import { deliver } from '../../../lib/delivery/deliver.ts';
import { fail } from '../../../lib/result.ts';
import { visitLane } from '../../../lib/runs/lane-visit.ts';
import type { Upload } from '../../../lib/upload/upload.ts';
import { learnTool } from '../../fakes/known-tool.ts';
import { hour, integrationId, minute, nine, second, states } from '../../fakes/ledger-samples.ts';
import { byOperator, otherIntegration } from '../../fakes/pause-samples.ts';
import { losesAnswer, losesFile, refuses, takes } from '../../fakes/scripted-kombo.ts';
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
    expect(await world.work()).toMatchObject({ lanes: 0, outcomes: {} });
    expect(world.kombo.posts).toEqual([]);
  });

  test('a run reads back a file that may be delivered, and does not send it', async () => {
    const upload = await world.send('GRK1', losesAnswer);
    world.clock.advance(minute);
    expect(await world.work()).toMatchObject({ outcomes: { attached: 1 } });
    expect(await world.statusOf(upload)).toBe('attached');
    expect(world.kombo.posts).toHaveLength(1);
  });

  test('a run sends a lost file once, after two looks, 15 minutes after its attempt', async () => {
    learnTool(world);
    const upload = world.put('candidates/GRK1/CV.pdf');
    world.kombo.script.push(losesFile);
    await world.run(deliver(upload, { deadline: world.deadline() }, world.newCourier()));
    for (let passed = 0; passed < 20; passed += 1) {
      world.clock.advance(minute);
      await world.work();
    }
    expect(await world.statusOf(upload)).toBe('attached');
    expect(world.kombo.standing).toHaveLength(1);
    expect(world.kombo.posts).toHaveLength(2);
  });

  test('three concurrent runs send each file once', async () => {
    addMany(12);
    await Promise.all([world.work(), world.work(), world.work()]);
    expect(world.kombo.standing).toHaveLength(12);
    expect(world.kombo.posts).toHaveLength(12);
  });

  test('a run never exceeds the given number of deliveries in progress', async () => {
    addMany(9);
    let inProgress = 0;
    let mostInProgress = 0;
    world.kombo.script.shift = () => async () => {
      inProgress += 1;
      mostInProgress = Math.max(mostInProgress, inProgress);
      await new Promise((resolve) => setImmediate(resolve));
      inProgress -= 1;
      return takes();
    };
    expect(await world.work({ parallelism: 3 })).toMatchObject({ outcomes: { attached: 9 } });
    expect(mostInProgress).toBe(3);
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

  test('a run whose table does not answer throws after everything that was started has settled', async () => {
    const uploads = addMany(2);
    const courier = world.newCourier();
    world.kombo.script.push(() => {
      world.table.fail('put', 99);
      return takes();
    });
    await expect(world.work({ courier, parallelism: 1 })).rejects.toThrow('The table does not answer.');
    world.table.fail('put', 0);
    world.clock.advance(5 * minute);
    expect(await world.work({ courier })).toMatchObject({ outcomes: { attached: 1 } });
    for (const upload of uploads.slice(1)) expect(await world.statusOf(upload)).toBe('attached');
  });
});

describe('an index that is behind the table', () => {
  test('a file that the index shows as waiting but that is attached is not sent again', async () => {
    const upload = world.addWaiting('GRK1');
    const { query } = world.table;
    world.table.query = async (asked) => {
      const page = await query(asked);
      if (asked.index === 'byWork' && asked.hash.startsWith('wait#') && page.items.length > 0)
        await deliver(upload, { deadline: world.deadline() }, world.newCourier());
      return page;
    };
    expect(await world.work()).toMatchObject({ outcomes: {} });
    expect(world.kombo.posts).toHaveLength(1);
  });

  test('a file that the index shows as due but that waits longer now keeps its newer due time', async () => {
    const upload = world.addWaiting('GRK1');
    const { query } = world.table;
    world.table.query = async (asked) => {
      const page = await query(asked);
      if (asked.index === 'byWork' && asked.hash.startsWith('wait#') && world.kombo.posts.length === 0) {
        world.kombo.script.push(() => refuses('PLATFORM.RATE_LIMIT_EXCEEDED', { retryAfterMs: hour }));
        await deliver(upload, { deadline: world.deadline() }, world.newCourier());
      }
      return page;
    };
    await world.work();
    expect(world.kombo.posts).toHaveLength(1);
    expect(await world.statusOf(upload)).toBe('waiting');
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
    expect(world.logged).toContainEqual(expect.objectContaining({ nextStep: expect.stringContaining('resume') }));
  });
});

describe('a pause', () => {
  test('while the account is paused a run reads no lane', async () => {
    world.addWaiting('GRK1');
    world.setLane({ pause: byOperator }, '*');
    world.table.calls.length = 0;
    expect(await world.work()).toMatchObject({ lanes: 0, outcomes: {}, lanesLeft: false });
    expect(world.table.calls).toEqual(['get']);
  });

  test('a pause that starts while a lane is being worked on stops that lane, and the others continue', async () => {
    addMany(10);
    addMany(10, otherIntegration);
    world.kombo.script.shift =
      () =>
      ({ integrationId: id }) =>
        id === integrationId ? refuses('INTEGRATION.INACTIVE') : takes();
    const report = await world.work({ parallelism: 1 });
    expect(report).toMatchObject({ outcomes: { waiting: 1, attached: 10 }, left: 9 });
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
    world.table.query = async (asked) =>
      asked.index === 'byWork' && asked.hash === 'lanes' ? { items: [] } : query(asked);
    expect(await world.work({ opened: ['*', integrationId] })).toMatchObject({ outcomes: { attached: 10 }, lanes: 1 });
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
