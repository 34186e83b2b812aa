import { expect, test } from 'vitest';
import { sleep } from '../../../lib/clock.ts';
import { toItem } from '../../../lib/ledger/record-item.ts';
import { workLanes } from '../../../lib/runs/work-lanes.ts';
import { integrationId, minute, nine, recordIn, second, states } from '../../fakes/ledger-samples.ts';
import { missingRight } from '../../fakes/pause-samples.ts';
import { refuses, takes } from '../../fakes/scripted-kombo.ts';
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

test('opening a lane is one write, whether 3 files wait in it or 60,000', async () => {
  const putsWith = async (count: number): Promise<number> => {
    const world = laneWorld();
    for (let number = 0; number < count; number += 1) world.addWaiting(`GRK${number}`);
    world.setLane({ pause: { ...missingRight, end: { by: 'probe', nextAt: nine, probes: 0 } } });
    world.table.calls.length = 0;
    const versionBefore = world.lane().version;
    expect((await world.recover()).opened).toEqual([integrationId]);
    // The turn, the sample of the delivered file, and the opening.
    expect(world.lane().version - versionBefore).toBe(3);
    return counted(world).put ?? 0;
  };
  const few = await putsWith(3);
  expect(await putsWith(60_000)).toBe(few);
  // Besides the lane: the claim of the probe and its settlement.
  expect(few).toBe(5);
});

test('a backlog of 2,000 is sent through a Kombo that accepts five calls concurrently, and none of it is held', async () => {
  const world = laneWorld();
  for (let number = 0; number < 2_000; number += 1) world.addWaiting(`GRK${number}`);
  const limit = 5;
  let taking = 0;
  let refusing = 0;
  let refused = 0;
  let startedAt = world.clock.now();
  /** How far the calls in progress exceeded the limit, in the first seconds of the runs and after them. */
  let [mostBeyondAtFirst, mostBeyond] = [0, 0];
  world.kombo.script.shift = () => async () => {
    if (taking >= limit) {
      refused += 1;
      refusing += 1;
      if (world.clock.now() - startedAt <= 5 * second) mostBeyondAtFirst = Math.max(mostBeyondAtFirst, refusing);
      else mostBeyond = Math.max(mostBeyond, refusing);
      await sleep(world.clock, 50);
      refusing -= 1;
      return refuses('PLATFORM.CONCURRENCY_LIMIT_EXCEEDED');
    }
    taking += 1;
    await sleep(world.clock, 500);
    taking -= 1;
    return takes();
  };
  const statuses = (): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const { status = '' } of world.table.items.values()) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  };

  // Two runs overlap, as reserved concurrency allows: eight concurrent calls if nothing slowed them down.
  const attachedAfter: number[] = [];
  while (attachedAfter.length < 20 && (attachedAfter.at(-1) ?? 0) < 2_000) {
    startedAt = world.clock.now();
    const run = () =>
      workLanes({ deadline: world.deadline(), parallelism: 4, worstCaseMs: 2.5 * minute }, world.newCourier());
    await world.run(Promise.all([run(), run()]));
    attachedAfter.push(statuses().attached ?? 0);
    world.clock.advance(5 * minute);
  }
  expect(statuses()).toEqual({ attached: 2_000, 'lane open': 1 });
  expect(world.kombo.standing).toHaveLength(2_000);
  expect(new Set(world.kombo.standing.map(({ target }) => target.id)).size).toBe(2_000);
  // 2.5 minutes of work per round, five files in half a second: at most 1,500 in a round. A refused file is sent by a
  // later run, so the last few need two more.
  const [inOne = 0, inTwo = 0] = attachedAfter;
  expect(inOne).toBeGreaterThan(1_400);
  expect(inTwo).toBeGreaterThan(1_980);
  expect(attachedAfter.length).toBeLessThanOrEqual(4);
  // No run knows the limit beforehand; after the first files each run tries now and then whether one more call fits.
  expect(mostBeyondAtFirst).toBe(3);
  expect(mostBeyond).toBeLessThanOrEqual(2);
  // 4%: Kombo refuses hardly more calls than a run needs to learn the limit.
  expect(refused).toBeLessThan(80);
});
