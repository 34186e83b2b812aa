import { beforeEach, expect, test } from 'vitest';
import type { Pause } from '../../../lib/lane/pause.ts';
import { readGauges } from '../../../lib/runs/gauges.ts';
import { hour, integrationId, minute, nine } from '../../fakes/ledger-samples.ts';
import { byOperator, missingRight, otherIntegration } from '../../fakes/pause-samples.ts';
import { type LaneWorld, laneWorld } from '../../worlds/lane-world.ts';

let world: LaneWorld;
beforeEach(() => {
  world = laneWorld();
});

const refusedKey: Pause = { ...missingRight, code: 'PLATFORM.AUTHENTICATION_INVALID' };
const later: Pause = { ...refusedKey, end: { by: 'probe', nextAt: nine + 100 * hour, probes: 0 } };

test.each([
  ['Kombo asked for', later],
  ['an operator asked for', byOperator],
])('files behind a pause of the account that %s are counted, also in lanes with their own pause', async (_, pause) => {
  world.addWaiting('GRK1');
  world.addWaiting('GRK2', { id: otherIntegration });
  world.setLane({ pause: byOperator }, otherIntegration);
  world.setLane({ pause }, '*');
  await world.runAll();
  world.clock.advance(25 * hour);
  world.addWaiting('GRK3');
  await world.runAll();
  expect(await readGauges(world.newCourier())).toMatchObject({ waiting: 3, oldestWaitingMs: 25 * hour + minute });
  expect([world.newPosts(), world.kombo.listings, world.kombo.readings]).toEqual([0, [], []]);
});

test('the pause of the account itself has no counts, because its files wait in the lanes of the integrations', async () => {
  world.addWaiting('GRK1');
  world.setLane({ pause: byOperator }, '*');
  world.clock.advance(2 * hour);
  await world.runAll();
  expect(world.lane('*').counts).toBeUndefined();
});

test('an account whose record cannot be read does not hide a file either', async () => {
  world.addWaiting('GRK1');
  world.setLane({ outages: 1 }, '*');
  const item = world.table.items.get('lane#*');
  if (item) world.table.items.set(item.pk, { ...item, document: '{' });
  await world.runAll();
  expect(world.lane().counts).toMatchObject({ waiting: 1 });
});

test('each lane is counted once an hour, and keeps its place among the due ones', async () => {
  world.addWaiting('GRK1');
  const { nextAt } = world.lane();
  world.setLane({ pause: byOperator }, '*');
  const countedAt = async () => {
    await world.runAll();
    return world.lane().counts?.at;
  };
  expect(await countedAt()).toBe(nine);
  world.clock.advance(55 * minute);
  expect(await countedAt()).toBe(nine);
  world.clock.advance(5 * minute);
  expect(await countedAt()).toBe(nine + hour);
  expect(world.lane().nextAt).toBe(nextAt);
});

test('a run counts at most fifty lanes, the longest uncounted first', async () => {
  for (let number = 0; number < 120; number += 1) {
    const at = nine - 10 * hour - number * minute;
    world.setLane({ nextAt: nine - hour, counts: { waiting: 0, unknown: 0, at } }, `many:${number}`);
  }
  world.setLane({ pause: byOperator }, '*');
  const numbers = [...Array(120).keys()];
  const fresh = () => numbers.filter((number) => world.lane(`many:${number}`).counts?.at === nine);
  await world.recover();
  expect(fresh()).toEqual(numbers.slice(70));
  await world.recover();
  expect(fresh()).toEqual(numbers.slice(20));
  await world.recover();
  expect(fresh()).toEqual(numbers);
});

test('records that could not be read stay counted', async () => {
  world.addWaiting('GRK1');
  world.addWaiting('GRK2', { change: { backfill: true } });
  world.setLane({ counts: { waiting: 0, unknown: 0, unreadable: 2, at: nine - hour } }, integrationId);
  world.setLane({ pause: byOperator }, '*');
  await world.recover();
  expect(world.lane().counts).toMatchObject({ waiting: 2, unreadable: 2, at: nine });
});

test('a lane that cannot be read is not counted, and hides no other', async () => {
  world.addWaiting('GRK1');
  world.addWaiting('GRK2', { id: otherIntegration });
  const item = world.table.items.get(`lane#${otherIntegration}`);
  if (item) world.table.items.set(item.pk, { ...item, document: '{' });
  world.setLane({ pause: byOperator }, '*');
  const before = world.table.items.size;
  await world.recover();
  expect(world.lane().counts).toMatchObject({ waiting: 1 });
  expect(world.table.items.size).toBe(before);
});

test('a run looks for the longest uncounted lanes among the thousand that are due first', async () => {
  for (let number = 0; number <= 1_000; number += 1) {
    const at = nine - 10 * hour - number;
    world.setLane({ nextAt: nine - hour + number, counts: { waiting: 0, unknown: 0, at } }, `many:${number}`);
  }
  world.setLane({ pause: byOperator }, '*');
  await world.recover();
  const countedAt = (number: number) => world.lane(`many:${number}`).counts?.at;
  expect([countedAt(1_000), countedAt(999)]).toEqual([nine - 10 * hour - 1_000, nine]);
});
