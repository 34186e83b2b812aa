import { describe, expect, test } from 'vitest';
import { toItem } from '../../../lib/ledger/record-item.ts';
import { hour, minute, nine, recordIn, second, states } from '../../fakes/ledger-samples.ts';
import { byOperator } from '../../fakes/pause-samples.ts';
import { takes } from '../../fakes/scripted-kombo.ts';
import { type LaneWorld, laneWorld } from '../../worlds/lane-world.ts';

/** The cost of a run depends on what it can do, not on what waits or was done before. */

const counted = (world: LaneWorld): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const call of world.table.calls) counts[call] = (counts[call] ?? 0) + 1;
  return counts;
};

test('with 10,000 lanes of one waiting file each, a run reads only those whose file it sends and a page of the directory', async () => {
  const world = laneWorld();
  for (let number = 0; number < 10_000; number += 1) world.addWaiting(`GRK${number}`, { id: `many:${number}` });
  world.kombo.script.shift = () => async () => {
    world.clock.advance(second);
    return takes();
  };
  world.table.calls.length = 0;
  const report = await world.work({ parallelism: 1, deadline: world.deadline(minute + 40 * second) });
  const { attached: sent = 0 } = report.outcomes;
  expect(sent).toBeGreaterThan(20);
  expect(report).toMatchObject({ lanes: sent, left: 0, lanesLeft: true });
  const { query = 0, get = 0, getMany = 0 } = counted(world);
  // Two parts of each lane, one page of the directory, and for each file the other files of its target.
  expect(query).toBe(3 * sent + 1);
  expect(getMany).toBe(sent);
  // The account, every 30 seconds; each lane when it is visited, when it notes its sample, and at the end.
  expect(get).toBeLessThanOrEqual(3 * sent + 2);
});

test('the cost of a run depends on the due files: 100 of them take the same calls with 20,000 attached ones as without any', async () => {
  const callsBeside = async (attached: number): Promise<Record<string, number>> => {
    const world = laneWorld();
    for (let index = 0; index < attached; index += 1) {
      const upload = { bucket: 'cv-inbox', key: `candidates/GRK${index}/Old CV.pdf`, etag: `old-${index}` };
      const item = toItem(recordIn(states.attached, { upload }), 400);
      world.table.items.set(item.pk, item);
    }
    for (let number = 0; number < 100; number += 1) world.addWaiting(`GRK${number}`);
    world.table.calls.length = 0;
    expect(await world.work()).toMatchObject({ left: 0, outcomes: { attached: 100 } });
    return counted(world);
  };
  const alone = await callsBeside(0);
  expect(await callsBeside(20_000)).toEqual(alone);
  // The directory and two parts of the lane, and for each file the others of its target; four pages of 25 files.
  expect(alone).toMatchObject({ query: 3 + 100, getMany: 4 });
});

test('20,000 files in paused lanes cost a run nothing', async () => {
  const world = laneWorld();
  for (let number = 0; number < 20_000; number += 1) world.addWaiting(`GRK${number}`, { inBucket: false });
  world.setLane({ pause: byOperator });
  world.table.calls.length = 0;
  expect(await world.work()).toMatchObject({ lanes: 0, outcomes: {} });
  expect(counted(world)).toEqual({ get: 1, query: 1 });
});

describe('the end of a visit to a lane', () => {
  test('the end of a visit stores what waits in the lane, for the gauges', async () => {
    const world = laneWorld();
    for (let number = 0; number < 3; number += 1)
      world.addWaiting(`GRK${number}`, { dueAt: nine + hour, change: { createdAt: nine - hour } });
    world.addWaiting('GRK9', { state: { ...states.unknown, dueAt: nine + hour } });
    await world.work();
    expect(world.lane().counts).toEqual({ waiting: 3, unknown: 1, oldestAt: nine - hour, at: nine });
  });

  test('the end of a visit counts at most 1,000 files', async () => {
    const world = laneWorld();
    for (let number = 0; number < 3_000; number += 1)
      world.addWaiting(`GRK${number}`, { dueAt: nine + hour, inBucket: false });
    await world.work();
    expect(world.lane().counts).toMatchObject({ waiting: 1_000, unknown: 0 });
  });

  test('the end of a visit writes nothing for an hour when nothing has changed', async () => {
    const world = laneWorld();
    world.addWaiting('GRK1', { dueAt: nine + 3 * hour });
    await world.work();
    const { version } = world.lane();
    for (let passed = 0; passed < 4; passed += 1) {
      world.clock.advance(4 * minute);
      await world.work();
    }
    expect(world.lane().version).toBe(version);
  });
});
