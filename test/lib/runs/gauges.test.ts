import { beforeEach, describe, expect, test } from 'vitest';
import type { Courier } from '../../../lib/courier.ts';
import { afterFailure, newLane } from '../../../lib/lane/lane.ts';
import { lanesOn } from '../../../lib/lane/lane-store.ts';
import type { Pause } from '../../../lib/lane/pause.ts';
import { ledgerOn } from '../../../lib/ledger/ledger.ts';
import type { Table } from '../../../lib/ledger/table.ts';
import { readGauges } from '../../../lib/runs/gauges.ts';
import type { Gauges } from '../../../lib/runs/run-report.ts';
import { uploadId } from '../../../lib/upload/upload.ts';
import { day, hour, integrationId, minute, nine, states } from '../../fakes/ledger-samples.ts';
import { byOperator, missingRight, otherIntegration } from '../../fakes/pause-samples.ts';
import { type LaneWorld, laneWorld } from '../../worlds/lane-world.ts';

let world: LaneWorld;
beforeEach(() => {
  world = laneWorld();
});

const gauges = () => readGauges(world.newCourier());
const none = {
  held: 0,
  heldNew: 0,
  rejectedLastDay: 0,
  rejectedNew: 0,
  waiting: 0,
  unknown: 0,
  oldestWaitingMs: 0,
  paused: 0,
  pagingPauses: 0,
  pausesNew: 0,
  unreadable: 0,
  isComplete: true,
};
const counts = { waiting: 0, unknown: 0, at: nine };

test('the gauges of an empty ledger are zero', async () => {
  expect(await gauges()).toEqual(none);
});

test('held files are counted whenever they were held, rejected ones only of the last day', async () => {
  for (const heldAt of [nine, nine - 40 * day]) world.addWaiting(`H${heldAt}`, { state: { ...states.held, heldAt } });
  for (const rejectedAt of [nine, nine - day, nine - day - 1])
    world.addWaiting(`R${rejectedAt}`, { state: { ...states.rejected, rejectedAt } });
  expect(await gauges()).toMatchObject({ held: 2, rejectedLastDay: 2 });
});

test('a held file that an operator has decided not to send is not reported as a rejection', async () => {
  const rejectWith = (name: string, code: 'KOMBO_NOT_FOUND' | 'SCAN_THREAT_FOUND' | 'KOMBO_REFUSED') =>
    world.addWaiting(name, { state: { ...states.rejected, failure: { code, detail: 'Seen by the test.' } } });
  rejectWith('given-up', 'KOMBO_NOT_FOUND');
  rejectWith('threat', 'SCAN_THREAT_FOUND');
  expect(await gauges()).toMatchObject({ held: 0, rejectedLastDay: 0, rejectedNew: 0 });
  rejectWith('refused', 'KOMBO_REFUSED');
  expect(await gauges()).toMatchObject({ rejectedLastDay: 1, rejectedNew: 1 });
});

test('new causes of rejections are reported while others exist, even the same cause hours later', async () => {
  const reject = (name: string, rejectedAt: number) =>
    world.addWaiting(name, { state: { ...states.rejected, rejectedAt } });
  reject('R0', nine - 5 * hour);
  expect(await gauges()).toMatchObject({ rejectedLastDay: 1, rejectedNew: 0 });
  for (let number = 1; number <= 5; number += 1) reject(`R${number}`, nine - number * minute);
  expect(await gauges()).toMatchObject({ rejectedLastDay: 6, rejectedNew: 1 });
  world.clock.advance(11 * minute);
  expect(await gauges()).toMatchObject({ rejectedLastDay: 6, rejectedNew: 0 });
});

test("the gauge of waiting files is the sum of the lanes' last counts, including paused lanes", async () => {
  world.setLane({ nextAt: nine, counts: { ...counts, waiting: 3, unknown: 1, oldestAt: nine - minute } }, 'a:1');
  world.setLane({ pause: byOperator, counts: { ...counts, waiting: 5, oldestAt: nine - 30 * hour } }, 'b:2');
  world.setLane({ nextAt: nine + hour, counts: { ...counts, unknown: 2 } }, 'c:3');
  expect(await gauges()).toEqual({ ...none, waiting: 8, unknown: 3, oldestWaitingMs: 30 * hour, paused: 1 });
});

test('a run counts waiting files so that the next one reports them, even behind a pause', async () => {
  const change = { createdAt: nine - 2 * hour };
  world.addWaiting('GRK1', { dueAt: nine + day, change });
  world.addWaiting('GRK2', { id: otherIntegration, change });
  world.setLane({ pause: byOperator }, otherIntegration);
  await world.runAll();
  world.clock.advance(hour);
  await world.runAll();
  expect(await gauges()).toEqual({ ...none, waiting: 2, oldestWaitingMs: 3 * hour, paused: 1 });
});

test('a lane that was emptied no longer counts in the run after the next', async () => {
  for (let number = 0; number < 5; number += 1) world.addWaiting(`GRK${number}`);
  await world.work();
  world.clock.advance(5 * minute);
  await world.work();
  expect(await gauges()).toMatchObject({ waiting: 0, oldestWaitingMs: 0 });
});

test('the pause of the account is one of the pauses', async () => {
  world.setLane({ pause: byOperator }, '*');
  world.setLane({ pause: byOperator });
  expect(await gauges()).toMatchObject({ paused: 2 });
});

test('each gauge stops at 1,000', async () => {
  for (let number = 0; number < 1_500; number += 1) {
    world.addWaiting(`H${number}`, { id: 'x:1', state: states.held, inBucket: false });
    world.addWaiting(`R${number}`, { id: 'x:1', state: states.rejected, inBucket: false });
    world.setLane({ pause: byOperator }, `paused:${number}`);
  }
  world.setLane({ nextAt: nine, counts: { ...counts, waiting: 900, unknown: 1_000 } }, 'a:1');
  world.setLane({ nextAt: nine, counts: { ...counts, waiting: 900, unknown: 1_000 } }, 'b:2');
  // The lanes that were listed before the limit.
  const listed = { paused: 1_000, waiting: 900, unknown: 1_000 };
  expect(await gauges()).toMatchObject({ held: 1_000, rejectedLastDay: 1_000, ...listed });
});

test('the waiting files of two lanes together stop at 1,000, too', async () => {
  for (const id of ['a:1', 'b:2'])
    world.setLane({ nextAt: nine, counts: { ...counts, waiting: 900, unknown: 999 } }, id);
  expect(await gauges()).toMatchObject({ waiting: 1_000, unknown: 1_000 });
});

test('a damaged lane stays in the gauges, because the index has its counts', async () => {
  world.setLane({ pause: byOperator, counts: { ...counts, waiting: 4 } });
  const item = world.table.items.get(`lane#${integrationId}`);
  if (item) world.table.items.set(item.pk, { ...item, document: '{' });
  expect(await gauges()).toMatchObject({ waiting: 4, paused: 1 });
});

test('the gauges read no records except those with ended leases, and only a page of the open lanes', async () => {
  world.addWaiting('GRK1', { state: states.held });
  world.addWaiting('GRK2');
  world.setLane({ pause: byOperator }, otherIntegration);
  for (let number = 0; number < 150; number += 1) world.setLane({ nextAt: nine + hour }, `open:${number}`);
  const read: string[][] = [];
  const courier = world.newCourier();
  const { getMany } = courier.table;
  const table = {
    ...courier.table,
    getMany: async (pks: readonly string[]) => {
      read.push([...pks]);
      return getMany(pks);
    },
  };
  await readGauges({
    ...courier,
    lanes: lanesOn(table, courier.clock),
    ledger: ledgerOn({ ...courier, table, retentionDays: 1 }),
  });
  const ids = read.flat();
  expect(ids.slice(0, 3)).toEqual(['lane#*', `lane#${otherIntegration}`, `lane#${integrationId}`]);
  // The account, the paused lane, and a page of open ones.
  expect(ids).toHaveLength(2 + 100);
});

describe('pauses that page', () => {
  test("a pause because of key, address or setting pages immediately, any other after a day, an operator's own never", async () => {
    const wrongKey: Pause = { ...missingRight, code: 'PLATFORM.AUTHENTICATION_INVALID' };
    world.setLane({ pause: wrongKey }, '*');
    world.setLane({ pause: missingRight }, 'a:1');
    world.setLane({ pause: { ...missingRight, since: nine - day } }, 'ashby:7dT2mQ9xkLwZp4Vn8RcYbGhJ');
    world.setLane({ pause: { ...byOperator, since: nine - 9 * day } }, 'c:3');
    expect(await gauges()).toMatchObject({ paused: 4, pagingPauses: 2 });
    // The log has which they are: an alarm cannot say it.
    expect(world.logged).toMatchObject([
      {
        message: 'A pause needs an operator.',
        integration: 'account',
        code: 'PLATFORM.AUTHENTICATION_INVALID',
        nextStep: expect.stringContaining('valid key'),
      },
      { integration: 'ashby:7dT2mQ9xkLwZp4Vn8RcYbGhJ', code: 'INTEGRATION.PERMISSION_MISSING' },
    ]);
  });
});

describe('a pause that has just started to page', () => {
  const wrongKey: Pause = { ...missingRight, code: 'PLATFORM.AUTHENTICATION_INVALID' };
  const newOnes = async () => (await gauges()).pausesNew;

  test('a new paging pause is reported for six minutes, even while another one pages', async () => {
    world.setLane({ pause: { ...wrongKey, since: nine - 3 * hour } }, '*');
    expect(await newOnes()).toBe(0);
    world.setLane({ pause: wrongKey }, 'a:1');
    expect(await newOnes()).toBe(1);
    world.clock.advance(5 * minute);
    expect(await newOnes()).toBe(1);
    world.clock.advance(minute);
    expect(await gauges()).toMatchObject({ pagingPauses: 2, pausesNew: 0 });
  });

  test('a paging pause is new when a cause of this stack replaces another one hours later', async () => {
    const key = { code: 'PLATFORM.AUTHENTICATION_INVALID', detail: 'Kombo answered HTTP 401.' } as const;
    const down: Pause = { ...missingRight, code: 'KOMBO_UNREACHABLE' };
    const replaced = afterFailure({ ...newLane('*'), pause: down }, key, 'account', { now: nine + 3 * hour });
    world.setLane(replaced, '*');
    world.clock.advance(3 * hour);
    expect(await gauges()).toMatchObject({ pagingPauses: 1, pausesNew: 1 });
    expect(world.lane('*').pause?.since).toBe(nine);
  });

  test("a pause that may end without an operator is new a day after its start; an operator's own never is", async () => {
    world.setLane({ pause: missingRight }, 'a:1');
    world.setLane({ pause: byOperator }, 'b:2');
    expect(await newOnes()).toBe(0);
    world.clock.advance(day);
    expect(await newOnes()).toBe(1);
    world.clock.advance(15 * minute);
    expect(await gauges()).toMatchObject({ pagingPauses: 1, pausesNew: 0 });
  });
});

describe('records that cannot be read', () => {
  const damageLane = (id: string) => {
    const item = world.table.items.get(`lane#${id}`);
    if (item) world.table.items.set(item.pk, { ...item, document: '{' });
  };

  test('paused lanes, the account (listed or not) and open lanes that a run has met are counted as unreadable', async () => {
    for (const id of ['a:1', 'b:2']) world.setLane({ nextAt: nine }, id);
    world.setLane({ pause: byOperator }, 'c:3');
    world.setLane({ outages: 1 }, '*');
    for (const id of ['a:1', 'c:3']) damageLane(id);
    expect(await gauges()).toMatchObject({ unreadable: 2, paused: 1, pagingPauses: 0 });
    expect(world.logged[0]).toEqual({
      message: 'A lane cannot be read, so it counts as paused.',
      integration: '•••',
      nextStep: expect.stringMatching(/^The record of its lane cannot be read/),
    });
    await world.work();
    damageLane('*');
    expect(await gauges()).toMatchObject({ unreadable: 3, paused: 2, pagingPauses: 0 });
  });

  test('unreadable records with an ended lease are counted', async () => {
    world.damage(world.addWaiting('GRK1', { state: { ...states.sending, leaseUntil: nine - minute } }));
    for (const name of ['GRK2', 'GRK3'])
      world.addWaiting(name, { state: { ...states.sending, leaseUntil: nine - 2 * minute } });
    expect(await gauges()).toMatchObject({ unreadable: 1 });
  });

  test.each([
    [999, 1],
    [1_000, 0],
  ])('unreadable records behind %i other ended leases: %i is counted', async (before, unreadable) => {
    for (let number = 0; number < before; number += 1)
      world.addWaiting(`GRK${number}`, { state: { ...states.sending, leaseUntil: nine - hour }, inBucket: false });
    world.damage(world.addWaiting('LAST', { state: { ...states.sending, leaseUntil: nine } }));
    expect(await gauges()).toMatchObject({ unreadable });
  });

  test('unreadable due records of a lane stay counted, also while it is paused, until an operator has dealt with them', async () => {
    const damaged = world.addWaiting('GRK1');
    world.damage(damaged);
    world.addWaiting('GRK2');
    await world.work();
    expect(await gauges()).toMatchObject({ unreadable: 1 });
    world.setLane({ pause: missingRight });
    world.clock.advance(2 * hour);
    await world.recover();
    expect(world.lane().counts).toMatchObject({ waiting: 1, at: world.clock.now() });
    expect(await gauges()).toMatchObject({ unreadable: 1 });
    world.setLane({ pause: undefined, nextAt: nine });
    world.table.items.delete(uploadId(damaged));
    await world.work();
    expect(await gauges()).toMatchObject({ unreadable: 0 });
    expect(world.lane().counts).not.toHaveProperty('unreadable');
  });

  test('unreadable records stay counted by a run that did not reach the end of the lane', async () => {
    world.setLane({ nextAt: nine, counts: { ...counts, unreadable: 7 } });
    world.addWaiting('GRK1', { dueAt: nine - hour });
    for (let number = 0; number < 40; number += 1) world.addWaiting(`MORE${number}`);
    const isShort = {
      remainingMs: () => (world.newPosts() > 0 ? 0 : 5 * minute),
      at: nine,
      signal: new AbortController().signal,
      clear: () => undefined,
    };
    await world.work({ deadline: isShort, parallelism: 1 });
    expect(await gauges()).toMatchObject({ unreadable: 7 });
  });

  test('a damaged sweep item counts as one unreadable record, because then nothing is swept', async () => {
    world.table.items.set('sweep', { pk: 'sweep', version: 1, document: '{"since":"yesterday"}' });
    expect(await gauges()).toEqual({ ...none, unreadable: 1 });
    const since = await readGauges(world.newCourier({ sweepSince: nine }));
    expect(since).toMatchObject({ unreadable: 0 });
  });
});

test('the last finished pass of the sweep is reported with its age', async () => {
  const document = JSON.stringify({
    since: {},
    watermark: 0,
    startedAt: nine - hour,
    finishedAt: nine - minute,
    unaccounted: 2,
  });
  world.table.items.set('sweep', { pk: 'sweep', version: 1, document });
  expect(await gauges()).toEqual({ ...none, unaccounted: 2, sweepAgeMs: minute });
});

describe('a gauge that cannot be read', () => {
  const failing = (hash: string): Courier => {
    const courier = world.newCourier();
    const query: Table['query'] = async (asked) => {
      if (asked.hash.startsWith(hash)) throw new Error('The table does not answer: candidates/GRK1/Frank Doe.pdf');
      return courier.table.query(asked);
    };
    const table = { ...courier.table, query };
    return {
      ...courier,
      table,
      ledger: ledgerOn({ ...courier, table, retentionDays: 1 }),
      lanes: lanesOn(table, courier.clock),
    };
  };

  test.each([
    ['held files', 'held#2', ['held', 'heldNew']],
    ['rejected files', 'rejected#0', ['rejectedLastDay', 'rejectedNew']],
    [
      'files that wait',
      'lanes',
      ['waiting', 'unknown', 'oldestWaitingMs', 'paused', 'pagingPauses', 'pausesNew', 'unreadable'],
    ],
    ['leases', 'lease#1', ['unreadable']],
  ])('a gauge that cannot be read is left out instead of 0, and stops no other: %s', async (gauge, hash, missing) => {
    const read = await readGauges(failing(hash));
    expect(read.isComplete).toBe(false);
    const entries = Object.entries(none).filter(([name]) => !missing.includes(name));
    expect(read).toMatchObject({ ...Object.fromEntries(entries), isComplete: false });
    for (const name of missing) expect(read[name as keyof Gauges]).toBeUndefined();
    expect(world.logged[0]).toEqual({
      message: expect.stringContaining('A gauge could not be read'),
      gauge,
      error: 'Error',
      nextStep: 'Check the throttling and error metrics of the ledger table. The next run reads it again.',
    });
    expect(JSON.stringify(world.logged)).not.toContain('Frank');
  });

  test.each([
    ['sweep', 'sweep'],
    ['canary', 'canary'],
  ])('a gauge that cannot be read is named in the log: %s', async (gauge, pk) => {
    const courier = world.newCourier({ canaryKey: 'canary/x.pdf' });
    const get: Table['get'] = async (asked) => {
      if (asked === pk) throw new Error('The table does not answer.');
      return courier.table.get(asked);
    };
    expect(await readGauges({ ...courier, table: { ...courier.table, get } })).toMatchObject({ isComplete: false });
    expect(world.logged).toMatchObject([{ gauge }]);
  });

  test('a gauge that cannot be read, because the lanes cannot be listed, is named for the pauses as well', async () => {
    await readGauges(failing('lanes'));
    expect(world.logged).toMatchObject([{ gauge: 'files that wait' }, { gauge: 'pauses' }]);
  });

  test('a gauge that cannot be read does not hide unreadable records that another reading has shown', async () => {
    world.setLane({ nextAt: nine, counts: { ...counts, unreadable: 2 } });
    expect(await readGauges(failing('lease#1'))).toMatchObject({ unreadable: 2 });
  });
});
