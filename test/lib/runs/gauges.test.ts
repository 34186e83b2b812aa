import { beforeEach, expect, test } from 'vitest';
import { readGauges } from '../../../lib/runs/gauges.ts';
import { day, hour, integrationId, minute, nine, states } from '../../fakes/ledger-samples.ts';
import { byOperator, otherIntegration } from '../../fakes/pause-samples.ts';
import { type LaneWorld, laneWorld } from '../../worlds/lane-world.ts';

let world: LaneWorld;
beforeEach(() => {
  world = laneWorld();
});

const gauges = () => readGauges(world.newCourier());
const none = { held: 0, rejectedLastDay: 0, waiting: 0, unknown: 0, oldestWaitingMs: 0, paused: 0 };
const counts = { waiting: 0, unknown: 0, at: nine };

test('an empty ledger shows zeros', async () => {
  expect(await gauges()).toEqual(none);
});

test('held files are counted whenever they were held, rejected ones of the last day', async () => {
  for (const heldAt of [nine, nine - 40 * day]) world.addWaiting(`H${heldAt}`, { state: { ...states.held, heldAt } });
  for (const rejectedAt of [nine, nine - day, nine - day - 1])
    world.addWaiting(`R${rejectedAt}`, { state: { ...states.rejected, rejectedAt } });
  expect(await gauges()).toMatchObject({ held: 2, rejectedLastDay: 2 });
});

test('what waits is the sum over the lanes as the last reading left it, paused lanes included', async () => {
  world.setLane({ nextAt: nine, counts: { ...counts, waiting: 3, unknown: 1, oldestAt: nine - minute } }, 'a:1');
  world.setLane({ pause: byOperator, counts: { ...counts, waiting: 5, oldestAt: nine - 30 * hour } }, 'b:2');
  world.setLane({ nextAt: nine + hour, counts: { ...counts, unknown: 2 } }, 'c:3');
  expect(await gauges()).toEqual({ ...none, waiting: 8, unknown: 3, oldestWaitingMs: 30 * hour, paused: 1 });
});

test('a run counts files that wait, so that the next one tells of them, also behind a pause', async () => {
  const change = { createdAt: nine - 2 * hour };
  world.addWaiting('GRK1', { dueAt: nine + day, change });
  world.addWaiting('GRK2', { id: otherIntegration, change });
  world.setLane({ pause: byOperator }, otherIntegration);
  await world.runAll();
  world.clock.advance(hour);
  await world.runAll();
  expect(await gauges()).toEqual({ ...none, waiting: 2, oldestWaitingMs: 3 * hour, paused: 1 });
});

test('a lane that was emptied counts for nothing in the run after the next', async () => {
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

test('each count stops at 1,000', async () => {
  for (let number = 0; number < 1_500; number += 1) {
    world.addWaiting(`H${number}`, { id: 'x:1', state: states.held, inBucket: false });
    world.addWaiting(`R${number}`, { id: 'x:1', state: states.rejected, inBucket: false });
    world.setLane({ pause: byOperator }, `paused:${number}`);
  }
  world.setLane({ nextAt: nine, counts: { ...counts, waiting: 900, unknown: 1_000 } }, 'a:1');
  world.setLane({ nextAt: nine, counts: { ...counts, waiting: 900, unknown: 1_000 } }, 'b:2');
  expect(await gauges()).toMatchObject({ held: 1_000, rejectedLastDay: 1_000, paused: 1_000 });
});

test('what waits in two lanes together stops at 1,000, too', async () => {
  for (const id of ['a:1', 'b:2'])
    world.setLane({ nextAt: nine, counts: { ...counts, waiting: 900, unknown: 999 } }, id);
  expect(await gauges()).toMatchObject({ waiting: 1_000, unknown: 1_000 });
});

test('a damaged lane keeps its place in the gauges, because the index shows its counts', async () => {
  world.setLane({ pause: byOperator, counts: { ...counts, waiting: 4 } });
  const item = world.table.items.get(`lane#${integrationId}`);
  if (item) world.table.items.set(item.pk, { ...item, document: '{' });
  expect(await gauges()).toMatchObject({ waiting: 4, paused: 1 });
});

test('they are read from indexes alone: no record is read', async () => {
  world.addWaiting('GRK1', { state: states.held });
  world.table.calls.length = 0;
  await gauges();
  expect(new Set(world.table.calls)).toEqual(new Set(['query']));
});
