import { beforeEach, describe, expect, test } from 'vitest';
import { accountLane } from '../../../lib/lane/lane.ts';
import { lanesOn } from '../../../lib/lane/lane-store.ts';
import { toItem } from '../../../lib/ledger/record-item.ts';
import { fail } from '../../../lib/result.ts';
import { sweepPage } from '../../../lib/runs/sweep-page.ts';
import { uploadId } from '../../../lib/upload/upload.ts';
import { day, hour, integrationId, minute, nine, recordIn, second, states } from '../../fakes/ledger-samples.ts';
import { prefix, type SweepWorld, sweepWorld } from '../../worlds/sweep-world.ts';

let its: SweepWorld;
let world: SweepWorld['world'];
beforeEach(() => {
  its = sweepWorld();
  world = its.world;
});

const statusOf = (name: string) =>
  [...world.table.items.values()].find(({ pk }) => pk.includes(`${prefix}GRK${name}/`))?.status;

describe('an object that the ledger does not know', () => {
  test('an object without a ledger record is recorded as waiting and due now, and the sweep sends nothing', async () => {
    its.add('known', undefined, states.attached);
    const upload = its.add('unseen');
    expect(await its.run()).toMatchObject({
      listed: 2,
      asked: 2,
      found: 1,
      pass: 'finished',
      outcomes: { waiting: 1 },
    });
    expect(world.kombo.posts).toEqual([]);
    expect(await world.recordOf(upload)).toMatchObject({
      state: { status: 'waiting', dueAt: nine, failure: { code: 'EVENT_MISSED' } },
      target: { kind: 'candidate', id: 'GRKunseen', integrationId },
      attempts: 0,
    });
    expect(world.observed).toMatchObject([{ outcome: { status: 'waiting' }, measures: { totalMs: 0 } }]);
    expect(await its.run()).toMatchObject({ found: 0, pass: 'finished' });
  });

  test('the sweep skips the canary, because that must come by its event', async () => {
    const { key } = its.add('canary');
    expect(await its.run({ settings: { canaryKey: key } })).toMatchObject({ asked: 1, found: 0, unaccounted: 0 });
    expect(world.table.items.has('sweep')).toBe(true);
    expect(statusOf('canary')).toBeUndefined();
  });

  test('objects without a ledger record are recorded after their lane was touched once', async () => {
    for (const name of ['1', '2']) its.add(name);
    const courier = its.newCourier();
    const touch = async (): Promise<void> => {
      expect(its.waiting()).toEqual([]);
      its.touched.push('first');
    };
    await its.run({ courier: { ...courier, lanes: { ...courier.lanes, touch } } });
    expect(its.touched).toEqual(['first']);
    expect(its.waiting()).toEqual(['GRK1', 'GRK2']);
  });

  test('an object without a ledger record is rejected when its key names no target, and nothing is sent', async () => {
    its.add('candidates/no-target.pdf');
    expect(await its.run()).toMatchObject({ found: 1, outcomes: { rejected: 1 } });
    expect([...world.table.items.values()].map(({ code }) => code)).toContain('KEY_NOT_MATCHED');
    expect(world.kombo.posts).toEqual([]);
  });

  test('the sweep skips folder markers', async () => {
    its.objects.push({ key: `${prefix}GRK1/`, etag: 'folder', sizeBytes: 0, modifiedAt: nine - minute });
    expect(await its.run()).toMatchObject({ listed: 1, asked: 0, found: 0 });
  });

  test('the sweep skips an object that existed before the first run, without SWEEP_SINCE', async () => {
    its.add('old', nine - hour);
    const unset = { settings: { sweepSince: undefined } };
    expect(await its.run(unset)).toMatchObject({ asked: 0, pass: 'finished' });
    world.clock.advance(10 * minute);
    its.add('new', nine + minute);
    expect(await its.run(unset)).toMatchObject({ found: 1 });
    expect(its.waiting()).toEqual(['GRKnew']);
  });

  test('the sweep skips an object that is older than the retention of the ledger', async () => {
    its.add('ancient', nine - 2 * day);
    its.add('young', nine - hour);
    expect(await its.run({ settings: { ledgerRetentionDays: 1 } })).toMatchObject({ found: 1 });
    expect(its.waiting()).toEqual(['GRKyoung']);
  });
});

describe('an object that the ledger knows', () => {
  test('an object with a superseded record was gone for a while, and is recorded as waiting when it is back', async () => {
    its.add('back', undefined, states.superseded);
    expect(await its.run()).toMatchObject({ found: 1, outcomes: { waiting: 1 } });
    expect(statusOf('back')).toBe('waiting');
  });

  test.each([
    ['judged within seconds of its date', nine - minute - 5 * second, [nine - minute - 5 * second]],
    ['judged long after its date', nine - minute - 7 * second, []],
  ])(
    'an object with a rejected record may be a newer upload, and is offered to the ledger only if it was %s',
    async (_, at, offered) => {
      its.add('rejected', at, states.rejected, { attemptedAt: nine - minute });
      const courier = its.newCourier();
      const dates: unknown[] = [];
      const postpone: typeof courier.ledger.postpone = async (event, seen) => {
        dates.push(event.upload.modifiedAt);
        return courier.ledger.postpone(event, seen);
      };
      await its.run({ courier: { ...courier, ledger: { ...courier.ledger, postpone } } });
      expect(dates).toEqual(offered);
    },
  );

  test.each(['waiting', 'unknown'] as const)(
    'an object whose record is %s has its lane touched, and stays unchanged',
    async (name) => {
      its.add('slow', undefined, states[name]);
      expect(await its.run()).toMatchObject({ found: 0 });
      expect(its.touched).toEqual([integrationId]);
      expect(statusOf('slow')).toBe(name);
    },
  );

  test.each(['attached', 'held', 'sending'] as const)(
    'an object whose record is %s stays unchanged, and no lane is touched',
    async (name) => {
      its.add('settled', undefined, states[name]);
      expect(await its.run()).toMatchObject({ found: 0 });
      expect([statusOf('settled'), its.touched]).toEqual([name, []]);
    },
  );

  test.each([
    ['is in no list is skipped, and counted as unaccounted for', {}, 1],
    ['is in a list is skipped, because that list reports it', { workShard: 'held#0', workAt: nine }, 0],
  ])('an object whose record cannot be read and %s', async (_what, place, unaccounted) => {
    const { bucket, key, etag } = its.add('odd');
    const pk = uploadId({ bucket, key, etag });
    world.table.items.set(pk, { pk, version: 1, document: '{}', ...place });
    expect(await its.run()).toMatchObject({ found: 0, unaccounted, lastPass: { unaccounted } });
    expect(world.table.items.get(pk)?.document).toBe('{}');
    const inLog = { message: expect.stringMatching(/^A ledger record cannot be read/), bucket, etag };
    const logged = { ...inLog, key: 'candidates/•••/•••.pdf', detail: expect.stringContaining('look at') };
    expect(world.logged).toEqual(unaccounted > 0 ? [logged] : []);
  });
});

test('a page that the time limit cuts counts only the unreadable records before the cut, because the rest is listed again', async () => {
  const uploads = ['1', '2', '3', '4', '5'].map((name) => its.add(name));
  for (const upload of [uploads[0], uploads[3], uploads[4]]) {
    const pk = upload ? uploadId(upload) : '';
    world.table.items.set(pk, { pk, version: 1, document: '{}' });
  }
  let started = 0;
  const page = { objects: its.objects, askAfterOf: () => 0, deadline: world.deadline(), parallelism: 1 };
  const cut = await sweepPage({ ...page, mayGoOn: () => ++started <= 1 }, its.newCourier());
  expect(cut).toMatchObject({ counts: { found: 1, unaccounted: 1 }, firstLeft: { key: uploads[2]?.key } });
  const whole = await sweepPage({ ...page, mayGoOn: () => true }, its.newCourier());
  expect(whole.counts).toMatchObject({ found: 1, unaccounted: 3 });
});

describe('with REQUIRE_SCAN', () => {
  test('with REQUIRE_SCAN an object without its verdict is held after half an hour, and never sent', async () => {
    its.add('young', nine - 10 * minute);
    its.add('old', nine - 30 * minute);
    const settings = { requireScan: true };
    expect(await its.run({ settings })).toMatchObject({ asked: 1, found: 1, outcomes: { held: 1 } });
    world.clock.advance(25 * minute);
    expect(await its.run({ settings })).toMatchObject({ found: 1, outcomes: { held: 1 } });
    expect([statusOf('young'), statusOf('old')]).toEqual(['held', 'held']);
    expect(world.kombo.posts).toEqual([]);
  });

  test.each([
    ['with a clean verdict waits', { verdict: { code: 'clean', at: nine - hour } as const }, 'waiting'],
    ['without a verdict is held', {}, 'held'],
  ])('with REQUIRE_SCAN an object that is back in the bucket and %s', async (_, change, status) => {
    its.add('back', nine - hour, states.superseded, change);
    await its.run({ settings: { requireScan: true } });
    expect(statusOf('back')).toBe(status);
  });
});

describe('after a restore of the table', () => {
  const restored = { since: nine - 2 * hour, at: nine, reason: 'A test.' };
  const restoredCourier = async () => {
    await lanesOn(world.table, world.clock).change(accountLane, (lane) => ({ ...lane, restored }));
    return its.newCourier();
  };

  test('after a restore, an older object without a ledger record may have been sent, so it is not recorded as waiting', async () => {
    const upload = its.add('unseen', nine - hour);
    const report = await its.run({ courier: await restoredCourier() });
    expect(report).toMatchObject({ found: 1, outcomes: { unknown: 1 } });
    expect((await world.recordOf(upload)).state).toMatchObject({ status: 'unknown' });
    expect(its.touched).toEqual([integrationId]);
    expect(world.observed).toMatchObject([{ outcome: { status: 'unknown' }, measures: { totalMs: 0 } }]);
  });

  test('after a restore, an object that another invocation has attached since the look into the ledger stays attached', async () => {
    const upload = its.add('unseen', nine - hour);
    const courier = await restoredCourier();
    const doubt: typeof courier.ledger.doubt = async (event, seen) => {
      const item = toItem(recordIn(states.attached, { upload, updatedAt: nine + minute }), 400);
      world.table.items.set(item.pk, item);
      return courier.ledger.doubt(event, seen);
    };
    const report = await its.run({ courier: { ...courier, ledger: { ...courier.ledger, doubt } } });
    expect(report).toMatchObject({ outcomes: { 'already-attached': 1 }, unaccounted: 0 });
    expect(world.observed).toEqual([]);
  });
});

describe('an object that could not be accounted for', () => {
  const failing = (times: number) => {
    const courier = its.newCourier();
    let left = times;
    const postpone: typeof courier.ledger.postpone = async (event, seen) => {
      if (event.upload.key.includes('bad') && left-- > 0) throw new Error('The table does not answer.');
      return courier.ledger.postpone(event, seen);
    };
    return { ...courier, ledger: { ...courier.ledger, postpone } };
  };

  test('an unaccounted object is counted and logged without its name, and the other objects are recorded', async () => {
    its.add('bad', nine - 5 * hour);
    its.add('good', nine - 5 * hour);
    const report = await its.run({ courier: failing(1) });
    expect(report).toMatchObject({
      asked: 2,
      found: 1,
      unaccounted: 1,
      pass: 'finished',
      lastPass: { unaccounted: 1 },
    });
    expect(its.waiting()).toEqual(['GRKgood']);
    expect(world.logged).toEqual([
      {
        message: 'An object of the bucket could not be written into the ledger.',
        key: 'candidates/•••/•••.pdf',
        etag: expect.any(String),
        integration: integrationId,
        error: 'Error',
      },
    ]);
    expect(its.item()).toMatchObject({ unaccounted: 1 });
  });

  test('an unaccounted object is asked about again by the next pass, whatever its age, and is then accounted for', async () => {
    await its.run();
    its.add('bad', nine - 59 * minute);
    await its.run({ courier: failing(1) });
    world.clock.advance(hour);
    expect(await its.run()).toMatchObject({ found: 1, lastPass: { unaccounted: 0 } });
    expect(its.waiting()).toEqual(['GRKbad']);
  });
});

describe('a run of the sweep', () => {
  test('a run without enough time sweeps nothing', async () => {
    its.add('1');
    const nothing = { outcomes: {}, listed: 0, asked: 0, found: 0, unaccounted: 0, unmatched: 0 };
    expect(await its.run({ deadline: world.deadline(30 * second - 1) })).toEqual({ ...nothing, pass: 'no time' });
    expect(its.lists.asked).toEqual([]);
    expect(await its.run({ deadline: world.deadline(30 * second) })).toMatchObject({ pass: 'finished' });
  });

  test('a run whose bucket cannot be listed logs it, and the next one continues', async () => {
    its.add('1');
    const courier = its.newCourier();
    const list = async () => fail('STORAGE_DENIED', 'S3 answered AccessDenied (HTTP 403).');
    const report = await its.run({ courier: { ...courier, storage: { ...courier.storage, list } } });
    expect(report).toMatchObject({ pass: 'in progress' });
    const message = 'The bucket could not be listed; the next run continues.';
    expect(world.logged).toEqual([{ message, code: 'STORAGE_DENIED', detail: 'S3 answered AccessDenied (HTTP 403).' }]);
    expect(await its.run()).toMatchObject({ found: 1 });
  });

  test('a sweep whose table does not answer throws, and the run after its lease skips nothing', async () => {
    for (const name of ['1', '2', '3']) its.add(name);
    const courier = its.newCourier();
    const readMany = async () => {
      throw new Error('The table does not answer.');
    };
    const run = its.run({ courier: { ...courier, ledger: { ...courier.ledger, readMany } } });
    await expect(run).rejects.toThrow('The table does not answer.');
    world.clock.advance(5 * minute);
    await its.run();
    expect(its.waiting()).toEqual(['GRK1', 'GRK2', 'GRK3']);
  });
});

describe('a bucket of 100,000 objects of which 50 are unseen', () => {
  const fill = (count: number): void => {
    for (let index = 0; index < count; index += 1) {
      const key = `${prefix}GRK${String(index).padStart(6, '0')}/CV.pdf`;
      const isUnseen = index % (count / 50) === 234;
      its.objects.push({ key, etag: 'etag', sizeBytes: 500, modifiedAt: nine - 2 * hour });
      if (isUnseen) continue;
      const item = toItem(recordIn(states.attached, { upload: { bucket: 'cv-inbox', key, etag: 'etag' } }), 400);
      world.table.items.set(item.pk, item);
    }
  };

  test('a sweep of 100,000 objects costs 100 listings, and the next pass asks the ledger about none', async () => {
    fill(100_000);
    expect(await its.run()).toMatchObject({ listed: 100_000, asked: 100_000, found: 50, pass: 'finished' });
    expect(its.lists.asked).toHaveLength(100);
    // A read of 1,000 ids is ten batch reads of DynamoDB: one per 100 objects.
    expect(world.table.calls.filter((call) => call === 'getMany')).toHaveLength(100);
    expect(its.waiting()).toHaveLength(50);
    // The first pass was the deep pass of the day.
    its.lists.asked.length = 0;
    expect(await its.run()).toMatchObject({ listed: 100_000, asked: 0, found: 0, pass: 'finished' });
    expect(its.lists.asked).toHaveLength(100);
  });

  test.each([5_000, 11_000, 40_000])(
    'a sweep over many runs, because a listing takes %i ms, finds all 50 objects, and lists a page twice only where a run ended',
    async (takesMs) => {
      fill(20_000);
      its.lists.takesMs = takesMs;
      let [found, runs] = [0, 0];
      for (let pass = ''; pass !== 'finished'; runs += 1) {
        const report = await its.run({ startNow: false });
        found += report.found;
        pass = report.pass;
      }
      expect(runs).toBeGreaterThan(1);
      expect(found).toBe(50);
      expect(its.waiting()).toHaveLength(50);
      expect(its.lists.asked.length).toBeLessThanOrEqual(20 + runs);
    },
  );
});

describe('a key that matches no template', () => {
  const odd = `${prefix}Frank Doe/2026/CV.pdf`;

  test('a key that matches no template is counted by each pass, whether the ledger is asked or not, and shown for the last finished one', async () => {
    its.add('fits');
    its.add(odd);
    its.add(`${prefix}old/of/Frank.pdf`, nine - 300 * day);
    its.objects.push({ key: `${prefix}a/folder/`, etag: 'folder', sizeBytes: 0, modifiedAt: nine - minute });
    expect(await its.run()).toMatchObject({ listed: 4, unmatched: 2, outcomes: { waiting: 1, rejected: 1 } });
    expect(its.item()).toMatchObject({ unmatched: 2 });
    expect(await its.run()).toMatchObject({ unmatched: 2, outcomes: {} });
  });

  test('a key that matches no template is counted once when a run ends within a page, or a pass takes several runs', async () => {
    for (const name of ['a', 'b', 'c', 'd']) its.add(`${prefix}${name}/of/Frank.pdf`);
    let started = 0;
    const page = {
      objects: its.objects,
      askAfterOf: () => 0,
      mayGoOn: () => ++started <= 1,
      deadline: world.deadline(),
      parallelism: 1,
    };
    expect((await sweepPage(page, its.newCourier())).counts).toMatchObject({ listed: 4, unmatched: 1 });
    its.lists.pageSize = 1;
    its.lists.takesMs = 40 * second;
    let passes = 0;
    while ((await its.run({ startNow: passes === 0 })).pass !== 'finished') passes += 1;
    expect(passes).toBeGreaterThan(0);
    expect(its.item()).toMatchObject({ unmatched: 4 });
  });

  test('a key that matches no template appears neither in the log nor in the sweep item', async () => {
    its.add(odd);
    await its.run();
    expect(JSON.stringify([world.logged, its.item()])).not.toContain('Frank');
  });
});
