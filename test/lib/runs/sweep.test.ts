import { beforeEach, describe, expect, test } from 'vitest';
import type { Courier } from '../../../lib/courier.ts';
import { deadlineIn } from '../../../lib/deadline.ts';
import { toItem } from '../../../lib/ledger/record-item.ts';
import { fail } from '../../../lib/result.ts';
import { day, hour, minute, nine, recordIn, second, states } from '../../fakes/ledger-samples.ts';
import { prefix, type SweepWorld, sweepWorld } from '../../worlds/sweep-world.ts';

let its: SweepWorld;
let world: SweepWorld['world'];
let objects: SweepWorld['objects'];
beforeEach(() => {
  its = sweepWorld();
  ({ world, objects } = its);
});

const add: SweepWorld['add'] = (...object) => its.add(...object);
const run: SweepWorld['run'] = (...how) => its.run(...how);
const newCourier = (): Courier => its.newCourier();
const posts = () => its.posts();
const calls = (kind: string) => world.table.calls.filter((call) => call === kind).length;

describe('what it finds', () => {
  test('is what the ledger has never seen, and is sent once', async () => {
    add('known', undefined, {});
    add('unseen');
    expect(await run()).toMatchObject({ listed: 2, asked: 2, found: 1, finished: true, outcomes: { attached: 1 } });
    expect(await run()).toMatchObject({ found: 0, finished: true });
    expect(posts()).toEqual(['GRKunseen']);
  });

  test('is not a folder marker', async () => {
    objects.push({ key: `${prefix}GRK1/`, etag: 'folder', sizeBytes: 0, modifiedAt: nine - minute });
    expect(await run()).toMatchObject({ listed: 1, asked: 0, found: 0 });
  });

  test('is also what was gone for a while and stands again', async () => {
    const upload = world.put(`${prefix}GRK1/CV.pdf`);
    objects.push({ key: upload.key, etag: upload.etag, sizeBytes: 500, modifiedAt: nine - minute });
    const item = toItem(recordIn(states.superseded, { upload }), 400);
    world.table.items.set(item.pk, item);
    expect(await run()).toMatchObject({ found: 1, outcomes: { attached: 1 } });
  });

  test('is nothing that cannot be read', async () => {
    add('odd', undefined, { document: '{}' });
    expect(await run()).toMatchObject({ found: 0 });
    expect(posts()).toEqual([]);
  });

  test('without SWEEP_SINCE is what came after the first run', async () => {
    add('old', nine - hour);
    expect(await run({ sweepSince: undefined })).toMatchObject({ asked: 0, finished: true });
    world.clock.advance(10 * minute);
    add('new', nine + minute);
    expect(await run({ sweepSince: undefined })).toMatchObject({ found: 1 });
    expect(posts()).toEqual(['GRKnew']);
  });

  test('is not older than the ledger remembers, even when it remembers a day only', async () => {
    add('ancient', nine - 2 * day);
    add('young', nine - hour);
    expect(await run({ ledgerRetentionDays: 1 })).toMatchObject({ found: 1 });
    expect(posts()).toEqual(['GRKyoung']);
  });

  test('grows when SWEEP_SINCE is moved back, also in the middle of a pass', async () => {
    for (const name of ['1', '2', '3']) add(name, nine - 10 * day);
    add('4', nine - hour);
    const since = nine - day;
    await run({ sweepSince: since }, { ...world.deadline(), remainingMs: afterCalls(1, 2) });
    expect(posts()).toEqual([]);
    expect(await run({ sweepSince: nine - 20 * day })).toMatchObject({ found: 4, finished: true });
  });
});

/** Enough time for so many questions, then none. */
const afterCalls = (calls: number, minutes = 5): (() => number) => {
  let left = calls;
  return () => (left-- > 0 ? minutes * minute : 0);
};

describe('a large bucket of which 50 objects are unseen', () => {
  const fill = (count: number, modifiedAt = nine - 2 * hour): void => {
    for (let index = 0; index < count; index += 1) {
      const key = `${prefix}GRK${String(index).padStart(6, '0')}/CV.pdf`;
      const isUnseen = index % (count / 50) === 234;
      objects.push({ key, etag: isUnseen ? world.put(key).etag : 'known', sizeBytes: 500, modifiedAt });
      if (isUnseen) continue;
      const item = toItem(recordIn(states.attached, { upload: { bucket: 'cv-inbox', key, etag: 'known' } }), 400);
      world.table.items.set(item.pk, item);
    }
  };

  test('costs 100 lists for 100,000 objects, finds exactly these 50, and the next pass asks the ledger for nothing', async () => {
    fill(100_000);
    expect(await run()).toMatchObject({ listed: 100_000, asked: 100_000, found: 50, finished: true });
    expect(its.lists.count).toBe(100);
    // A question of 1,000 ids is ten batch reads of DynamoDB: one per 100 objects.
    expect(calls('getMany')).toBe(100);
    expect(posts()).toHaveLength(50);

    world.table.calls.length = 0;
    its.lists.count = 0;
    expect(await run()).toMatchObject({ listed: 100_000, asked: 0, found: 0, finished: true });
    expect(its.lists.count).toBe(100);
  });

  test.each([3, 40, 77])(
    'interrupted again and again (first after %i steps) and resumed it finds all 50, none twice',
    async (steps) => {
      fill(20_000);
      let found = 0;
      let runs = 0;
      for (let finished = false; !finished; runs += 1) {
        const report = await run({}, { ...world.deadline(), remainingMs: afterCalls(steps + runs * 7) });
        found += report.found;
        finished = report.finished;
      }
      expect(runs).toBeGreaterThan(1);
      expect(found).toBe(50);
      expect(new Set(posts()).size).toBe(50);
      expect(posts()).toHaveLength(50);
    },
  );
});

describe('runs', () => {
  test('that overlap send each object once', async () => {
    for (let index = 0; index < 30; index += 1) add(String(index));
    await Promise.all([run(), run(), run()]);
    expect(new Set(posts()).size).toBe(30);
    expect(posts()).toHaveLength(30);
  });

  test('begin nothing when the time is short', async () => {
    add('1');
    expect(await run({}, deadlineIn(world.clock, 30 * second))).toMatchObject({ listed: 0, finished: false });
    expect(posts()).toEqual([]);
  });

  test('whose bucket cannot be listed say so, and the next one goes on', async () => {
    add('1');
    const deps = newCourier();
    const denied = async () => fail('STORAGE_DENIED', 'S3 answered AccessDenied (HTTP 403).');
    expect(await run({}, world.deadline(), { ...deps, storage: { ...deps.storage, list: denied } })).toMatchObject({
      finished: false,
    });
    expect(JSON.stringify(world.logged)).toContain('STORAGE_DENIED');
    expect(await run()).toMatchObject({ found: 1 });
  });

  test('with a table that does not answer throw, and leave nothing out', async () => {
    for (const name of ['1', '2', '3']) add(name);
    await run({ sweepSince: nine - day }, deadlineIn(world.clock, 30 * second));
    world.table.fail('put', 1);
    await expect(run()).rejects.toThrow('The table does not answer.');
    world.table.fail('put', 0);
    await run();
    expect([...posts()].sort()).toEqual(['GRK1', 'GRK2', 'GRK3']);
  });
});

describe('with REQUIRE_SCAN', () => {
  test('an object without its verdict is held after half an hour, and never sent', async () => {
    add('young', nine - 10 * minute);
    add('old', nine - 40 * minute);
    expect(await run({ requireScan: true })).toMatchObject({ found: 1, outcomes: { held: 1 } });
    expect(posts()).toEqual([]);
    world.clock.advance(25 * minute);
    expect(await run({ requireScan: true })).toMatchObject({ found: 1, outcomes: { held: 1 } });
    expect(posts()).toEqual([]);
  });
});
