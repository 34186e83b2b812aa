import { beforeEach, describe, expect, test } from 'vitest';
import { sleep } from '../../../lib/clock.ts';
import type { Courier } from '../../../lib/courier.ts';
import { integrationId, minute, nine, second } from '../../fakes/ledger-samples.ts';
import { byOperator, otherIntegration } from '../../fakes/pause-samples.ts';
import { refuses, takes } from '../../fakes/scripted-kombo.ts';
import { type LaneWorld, laneWorld } from '../../worlds/lane-world.ts';

/** Which lanes a run visits, when it reads their pages, and when it leaves them. */

let world: LaneWorld;
beforeEach(() => {
  world = laneWorld();
});

const nothing = { outcomes: {}, lanes: 0, compared: 0, found: 0, left: 0, lanesLeft: false, unreadable: 0 };

/** Adds files that are due now, to a lane that comes after those that were filled before. */
const fill = (id: string, count: number): void => {
  world.clock.advance(second);
  for (let number = 0; number < count; number += 1) world.addWaiting(`GRK${number}`, { id });
};
const callsOf = (kind: string): number => world.table.calls.filter((call) => call === kind).length;
/** A POST takes as long as the function says, and succeeds. */
const slowKombo = (durationOf: (id: string, post: number) => number): void => {
  world.kombo.script.shift =
    () =>
    async ({ integrationId: id }) => {
      await sleep(world.clock, durationOf(id, world.kombo.posts.length));
      return takes();
    };
};

test('a run without lanes reads the account and the directory, and nothing else', async () => {
  expect(await world.work()).toEqual(nothing);
  expect(world.table.calls).toEqual(['get', 'query']);
});

test('a run reads no record of a lane whose files are not due yet', async () => {
  world.addWaiting('GRK1', { dueAt: nine + minute });
  expect(await world.work()).toEqual(nothing);
  expect(callsOf('getMany')).toBe(0);
});

test('a lane that was paused again after it had opened is not worked on', async () => {
  fill(integrationId, 2);
  world.setLane({ pause: byOperator });
  expect(await world.work({ opened: [integrationId] })).toEqual(nothing);
});

test('a lane that has just opened and that the index shows as well is visited once', async () => {
  fill(integrationId, 4);
  slowKombo(() => second);
  expect(await world.work({ opened: [integrationId], parallelism: 2 })).toEqual({
    ...nothing,
    lanes: 1,
    outcomes: { attached: 4 },
  });
});

test('a pause of the account that starts during a run stops all its lanes, and no further one is read', async () => {
  for (const id of ['a:1', 'b:2', 'c:3']) fill(id, 30);
  const startedAt = world.clock.now();
  world.kombo.script.push(
    () => refuses('PLATFORM.RATE_LIMIT_EXCEEDED', { retryAfterMs: 2 * second }),
    () => refuses('PLATFORM.AUTHENTICATION_INVALID'),
  );
  const report = { ...nothing, lanes: 2, outcomes: { waiting: 2 }, left: 58 };
  expect(await world.work({ parallelism: 1 })).toEqual(report);
  expect(world.kombo.posts).toHaveLength(2);
  expect(world.lane('c:3').counts).toBeUndefined();
  // The run does not wait for lanes that it has stopped.
  expect(world.clock.now() - startedAt).toBeLessThan(2 * second);
});

describe('a lane without more work', () => {
  test('a lane without more work is written before the next one is worked on', async () => {
    world.addWaiting('GRK1', { id: 'a:1', dueAt: nine + minute });
    fill('b:2', 1);
    fill('c:3', 1);
    const written: unknown[] = [];
    slowKombo(() => {
      written.push(['a:1', 'b:2', 'c:3'].filter((id) => world.lane(id).counts));
      return second;
    });
    await world.work({ parallelism: 1 });
    expect(written).toEqual([['a:1'], ['a:1', 'b:2']]);
  });

  test('a lane whose last files end one after the other does not stop another lane', async () => {
    fill('a:1', 2);
    fill('b:2', 30);
    slowKombo((_, post) => post * second);
    expect(await world.work()).toMatchObject({ outcomes: { attached: 32 }, left: 0 });
  });

  test('files that are being read while the last ones before them end are sent in the same run', async () => {
    fill(integrationId, 30);
    slowKombo(() => second);
    const { getMany } = world.table;
    world.table.getMany = async (keys) => {
      await sleep(world.clock, 5 * second);
      return getMany(keys);
    };
    expect(await world.work()).toMatchObject({ outcomes: { attached: 30 }, left: 0 });
  });
});

describe('the pages of a lane', () => {
  test('no further page of a throttled lane is read', async () => {
    fill(integrationId, 60);
    world.kombo.script.shift = () => () => refuses('PLATFORM.RATE_LIMIT_EXCEEDED', { retryAfterMs: minute });
    expect(await world.work({ parallelism: 1 })).toMatchObject({ outcomes: { waiting: 1 }, left: 59 });
    expect(callsOf('getMany')).toBe(1);
  });

  test('a lane with pages of unreadable records takes turns like the others', async () => {
    world.clock.advance(second);
    for (let number = 0; number < 75; number += 1) world.damage(world.addWaiting(`BAD${number}`, { id: 'a:1' }));
    fill('b:2', 26);
    const unreadableBefore: number[] = [];
    slowKombo(() => {
      unreadableBefore.push(world.logged.length);
      return 0;
    });
    expect(await world.work({ parallelism: 1 })).toMatchObject({ unreadable: 75, outcomes: { attached: 26 } });
    expect([unreadableBefore[0], unreadableBefore[25]]).toEqual([25, 50]);
  });
});

test('a lane gets no more than half of the places while the next page of another one is read', async () => {
  fill('a:1', 30);
  fill('b:2', 60);
  let [now, most] = [0, 0];
  world.kombo.script.shift =
    () =>
    async ({ integrationId: id }) => {
      const isFirst = id === 'a:1';
      if (isFirst) now += 1;
      most = Math.max(most, now);
      await sleep(world.clock, isFirst ? 10 * second : second);
      if (isFirst) now -= 1;
      return takes();
    };
  await world.work({ deadline: world.deadline(minute + 20 * second) });
  expect(most).toBe(2);
});

test('two lanes share three places equally', async () => {
  fill(integrationId, 20);
  fill(otherIntegration, 20);
  slowKombo(() => second);
  await world.work({ parallelism: 3 });
  const inFirst = world.kombo.posts.slice(0, 24).filter(({ integrationId: id }) => id === integrationId).length;
  expect(inFirst).toBeGreaterThanOrEqual(11);
  expect(inFirst).toBeLessThanOrEqual(13);
});

test('a run that waits for its own calls sets no timer for itself', async () => {
  fill(integrationId, 3);
  world.setLane({ openedAt: nine });
  slowKombo(() => minute);
  const courier = world.newCourier();
  const delays: number[] = [];
  const after: Courier['clock']['after'] = (delayMs, action) => {
    delays.push(delayMs);
    return world.clock.after(delayMs, action);
  };
  const deadline = world.deadline(10 * minute);
  const report = await world.work({ courier: { ...courier, clock: { ...world.clock, after } }, deadline });
  expect(report).toMatchObject({ outcomes: { attached: 3 } });
  expect(delays).not.toContain(0);
});
