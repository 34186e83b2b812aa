import { beforeEach, expect, test } from 'vitest';
import { countWork } from '../../../lib/operator/count-work.ts';
import { hour, integrationId, minute, nine, second, states } from '../../fakes/ledger-samples.ts';
import { byOperator, otherIntegration } from '../../fakes/pause-samples.ts';
import { type LaneWorld, laneWorld } from '../../worlds/lane-world.ts';

let world: LaneWorld;
beforeEach(() => {
  world = laneWorld();
});

const countedAll = (durationMs = 5 * minute) => countWork(world.deadline(durationMs), world.newCourier());
const counted = async (durationMs?: number) => {
  const { byIntegration: _, ...counts } = await countedAll(durationMs);
  return counts;
};
const none = { sending: 0, waiting: 0, unknown: 0, held: 0, dueNow: 0, heldByCode: {}, complete: true };

test('an empty ledger is counted as empty and complete', async () => {
  expect(await counted()).toEqual(none);
});

test('files that are sent, wait, are unknown or held are counted; settled ones are not', async () => {
  world.addWaiting('S', { state: { ...states.sending, leaseUntil: nine + minute } });
  world.addWaiting('W', { dueAt: nine + minute });
  world.addWaiting('U', { state: { ...states.unknown, dueAt: nine + minute }, id: otherIntegration });
  world.addWaiting('H1', { state: states.held });
  world.addWaiting('H2', { state: states.scanned });
  for (const state of [states.attached, states.rejected, states.superseded]) world.addWaiting(state.status, { state });
  expect(await counted()).toEqual({
    ...none,
    sending: 1,
    waiting: 1,
    unknown: 1,
    held: 2,
    heldByCode: { KOMBO_UNREACHABLE: 1, SCAN_FAILED: 1 },
  });
});

test('due files in open lanes are counted, with the oldest due time, including those of a backfill', async () => {
  world.addWaiting('GRK1', { dueAt: nine - hour });
  world.addWaiting('GRK2', { dueAt: nine - 2 * hour, change: { backfill: true }, id: otherIntegration });
  world.addWaiting('GRK3', { dueAt: nine + second });
  expect(await counted()).toEqual({ ...none, waiting: 3, dueNow: 2, oldestDueAt: nine - 2 * hour });
});

test('files behind a pause are counted as waiting, not as due', async () => {
  world.addWaiting('GRK1', { dueAt: nine - hour });
  world.addWaiting('GRK2', { dueAt: nine - hour, change: { backfill: true } });
  world.setLane({ pause: byOperator });
  expect(await counted()).toEqual({ ...none, waiting: 2 });
});

test('waiting and unknown files are counted for each integration, those of a backfill and behind a pause as well', async () => {
  world.addWaiting('GRK1');
  world.addWaiting('GRK2', { change: { backfill: true } });
  world.addWaiting('GRK3', { state: { ...states.unknown, dueAt: nine + minute } });
  world.addWaiting('GRK4', { id: otherIntegration });
  world.setLane({ pause: byOperator });
  expect(Object.fromEntries((await countedAll()).byIntegration)).toEqual({
    [integrationId]: { waiting: 2, unknown: 1 },
    [otherIntegration]: { waiting: 1, unknown: 0 },
  });
});

test('a lease that has ended is counted as due', async () => {
  world.addWaiting('S', { state: { ...states.sending, leaseUntil: nine - minute } });
  expect(await counted()).toEqual({ ...none, sending: 1, dueNow: 1, oldestDueAt: nine - minute });
});

test('thousands of files in many lanes are all counted', async () => {
  for (let number = 0; number < 1_200; number += 1) {
    world.addWaiting(`GRK${number}`, { inBucket: false });
    if (number < 150) world.addWaiting('ONE', { inBucket: false, id: `many:${number}` });
  }
  expect(await counted()).toMatchObject({ waiting: 1_350, dueNow: 1_350, complete: true });
});

test('a count that runs out of time says that its numbers are lower bounds', async () => {
  for (let number = 0; number < 40; number += 1) world.addWaiting('ONE', { id: `many:${number}` });
  const { query } = world.table;
  world.table.query = (asked) => {
    world.clock.advance(second);
    return query(asked);
  };
  const counts = await counted(35 * second);
  expect(counts.complete).toBe(false);
  expect(counts.waiting).toBeLessThan(40);
});

test('a pause of the account leaves the waiting files counted in their own lanes', async () => {
  world.addWaiting('GRK1');
  world.setLane({ pause: byOperator }, '*');
  expect(await counted()).toMatchObject({ waiting: 1 });
  expect(world.lane(integrationId).pause).toBeUndefined();
});
