import { beforeEach, describe, expect, test } from 'vitest';
import { sleep } from '../../../lib/clock.ts';
import type { Courier } from '../../../lib/courier.ts';
import type { Gate } from '../../../lib/lane/lane-store.ts';
import { hour, integrationId, minute, nine, second } from '../../fakes/ledger-samples.ts';
import { otherIntegration } from '../../fakes/pause-samples.ts';
import { refuses, takes } from '../../fakes/scripted-kombo.ts';
import { type LaneWorld, laneWorld } from '../../worlds/lane-world.ts';

/** The order in which lanes take turns. */

let world: LaneWorld;
beforeEach(() => {
  world = laneWorld();
});

const addMany = (count: number, id = integrationId, how: Parameters<LaneWorld['addWaiting']>[1] = {}): void => {
  for (let number = 0; number < count; number += 1) world.addWaiting(`GRK${number}`, { ...how, id });
};
const order = (): readonly string[] => world.kombo.posts.map(({ integrationId: id }) => id);
const placeOf = (id: string): number => order().indexOf(id);

/** Each POST takes this long; those in progress are counted per lane. */
const slowKombo = (durationMs: number) => {
  const inFlight = new Map<string, number>();
  const most = new Map<string, number>();
  const seen: string[] = [];
  world.kombo.script.shift =
    () =>
    async ({ integrationId: id }) => {
      const now = (inFlight.get(id) ?? 0) + 1;
      inFlight.set(id, now);
      most.set(id, Math.max(now, most.get(id) ?? 0));
      seen.push([...inFlight].map(([name, count]) => `${name}=${count}`).join(' '));
      await sleep(world.clock, durationMs);
      inFlight.set(id, (inFlight.get(id) ?? 0) - 1);
      return takes();
    };
  return { most, seen };
};

test('a throttled lane with 1,300 due files does not prevent a file of another lane from being sent in the first run', async () => {
  addMany(1_300, integrationId, { dueAt: nine - hour });
  world.clock.advance(second);
  world.addWaiting('ONE', { id: otherIntegration });
  world.kombo.script.shift =
    () =>
    ({ integrationId: id }) =>
      id === integrationId ? refuses('PLATFORM.RATE_LIMIT_EXCEEDED', { retryAfterMs: minute }) : takes();
  const report = await world.work();
  expect(report.outcomes.attached).toBe(1);
  expect(placeOf(otherIntegration)).toBeLessThanOrEqual(4);
  // No attempt is spent on files that would be refused as well.
  expect(world.kombo.posts.length).toBeLessThanOrEqual(5);
  expect(world.table.calls.filter((call) => call === 'getMany').length).toBeLessThanOrEqual(3);
});

test('a slow lane with 1,300 due files leaves half of the places to a lane that is due later', async () => {
  addMany(1_300, integrationId, { dueAt: nine - hour });
  world.clock.advance(second);
  addMany(20, otherIntegration);
  const { most } = slowKombo(10 * second);
  await world.work({ deadline: world.deadline(2 * minute) });
  expect(placeOf(otherIntegration)).toBeLessThanOrEqual(2);
  expect(order().filter((id) => id === otherIntegration).length).toBeGreaterThanOrEqual(10);
  expect(most.get(otherIntegration)).toBe(2);
});

test('a lane that is the only one has all places', async () => {
  addMany(20);
  const { most } = slowKombo(second);
  await world.work();
  expect(most.get(integrationId)).toBe(4);
});

test('a lane has no more places than its share of the calls, also while new uploads of it have to wait', async () => {
  addMany(4);
  const { most } = slowKombo(second);
  const courier = world.newCourier();
  const load = { ...courier.load, share: () => 1, fullUntil: () => nine + hour };
  expect(await world.work({ courier: { ...courier, load } })).toMatchObject({ outcomes: { attached: 4 } });
  expect(most.get(integrationId)).toBe(1);
});

test('a lane is not written while a file of it is still being sent', async () => {
  addMany(2);
  const counted: boolean[] = [];
  world.kombo.script.shift =
    () =>
    async ({ id }) => {
      if (id === 'GRK1') await sleep(world.clock, second);
      counted.push(world.lane().counts !== undefined);
      return takes();
    };
  await world.work();
  expect(counted).toEqual([false, false]);
});

test('a lane has all places again as soon as the others have no work left', async () => {
  addMany(40);
  addMany(2, otherIntegration);
  const { seen } = slowKombo(second);
  await world.work();
  expect(seen).toHaveLength(42);
  expect(seen.slice(-4)).toContain(`${integrationId}=4 ${otherIntegration}=0`);
});

test('lanes take turns page by page, 25 files each', async () => {
  for (const id of ['a:1', 'b:2', 'c:3']) addMany(60, id);
  await world.work({ parallelism: 1 });
  expect(order()).toHaveLength(180);
  for (const id of ['a:1', 'b:2', 'c:3']) {
    for (const pages of [1, 2]) {
      const done = order().slice(0, 75 * pages);
      expect(done.filter((one) => one === id)).toHaveLength(25 * pages);
    }
  }
});

test('new files of a lane go before those of a backfill, whenever these are due', async () => {
  addMany(30, integrationId, { dueAt: nine - hour, change: { backfill: true } });
  world.addWaiting('NEW', { dueAt: nine - second });
  await world.work({ parallelism: 1 });
  expect(world.kombo.posts[0]).toMatchObject({ id: 'NEW' });
  expect(world.kombo.posts).toHaveLength(31);
});

test('a file of a backfill that fails in a run stays behind the new files of its lane', async () => {
  const upload = world.addWaiting('OLD', { change: { backfill: true } });
  world.kombo.script.push(() => refuses('PLATFORM.RATE_LIMIT_EXCEEDED', { retryAfterMs: minute }));
  expect(await world.work()).toMatchObject({ outcomes: { waiting: 1 } });
  expect(await world.recordOf(upload)).toMatchObject({ backfill: true });
});

describe('a lane that has just opened', () => {
  test('a lane that has just opened starts with one call at a time, and grows', async () => {
    addMany(60);
    world.setLane({ openedAt: nine });
    const { seen } = slowKombo(second);
    await world.work({ parallelism: 8, deadline: world.deadline(3 * minute) });
    expect(seen.slice(0, 2)).toEqual([`${integrationId}=1`, `${integrationId}=1`]);
    expect(seen).toContain(`${integrationId}=4`);
    const atFirst = seen.indexOf(`${integrationId}=3`);
    // One success, then two, before a third place is used.
    expect(atFirst).toBeGreaterThanOrEqual(4);
  });

  test('a lane that opened twenty minutes ago has all places from the start', async () => {
    addMany(20);
    world.setLane({ openedAt: nine - 20 * minute });
    const { seen } = slowKombo(second);
    await world.work();
    expect(seen.slice(0, 4)).toEqual([1, 2, 3, 4].map((count) => `${integrationId}=${count}`));
  });
});

test('a lane that had its turn comes after the others in the next run', async () => {
  addMany(100, 'a:1', { dueAt: nine - hour });
  world.clock.advance(minute);
  addMany(100, 'b:2');
  slowKombo(10 * second);
  await world.work({ parallelism: 1, deadline: world.deadline(90 * second) });
  expect(order()[0]).toBe('a:1');
  expect(world.lane('a:1').nextAt).toBeGreaterThan(nine + minute);
});

test('the last two files of a lane that end in one moment end their lane once, and take no turn from another lane', async () => {
  addMany(2);
  addMany(5, otherIntegration);
  world.kombo.script.shift =
    () =>
    async ({ integrationId: id }) => {
      if (id === otherIntegration) await sleep(world.clock, second);
      return takes();
    };
  const courier = world.newCourier();
  const { promise: reading, resolve: read } = Promise.withResolvers<Gate>();
  let [sent, asking] = [0, 0];
  const observe: Courier['observe'] = (outcome) => {
    if ('target' in outcome && outcome.target?.integrationId === integrationId) sent += 1;
  };
  /** After their delivery both files wait for one reading of their lane. */
  const gate: Courier['lanes']['gate'] = async (id) => {
    const view = await courier.lanes.gate(id);
    if (id !== integrationId || sent === 0) return view;
    asking += 1;
    if (asking === 2) setImmediate(() => read(view));
    return reading;
  };
  const report = await world.work({ courier: { ...courier, observe, lanes: { ...courier.lanes, gate } } });
  expect(report).toMatchObject({ outcomes: { attached: 7 }, lanes: 2, left: 0 });
});
