import { beforeEach, expect, test } from 'vitest';
import { sleep } from '../../../lib/clock.ts';
import { integrationId, second } from '../../fakes/ledger-samples.ts';
import { takes } from '../../fakes/scripted-kombo.ts';
import { type LaneWorld, laneWorld } from '../../worlds/lane-world.ts';

/** Which lanes a run visits, when it reads their pages, and when it leaves them. */

let world: LaneWorld;
beforeEach(() => {
  world = laneWorld();
});

/** Adds files that are due now, to a lane that comes after those that were filled before. */
const fill = (id: string, count: number): void => {
  world.clock.advance(second);
  for (let number = 0; number < count; number += 1) world.addWaiting(`GRK${number}`, { id });
};
/** A POST takes as long as the function says, and succeeds. */
const slowKombo = (durationOf: (id: string, post: number) => number): void => {
  world.kombo.script.shift =
    () =>
    async ({ integrationId: id }) => {
      await sleep(world.clock, durationOf(id, world.kombo.posts.length));
      return takes();
    };
};

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

test('a lane with pages of unreadable records takes turns like the others', async () => {
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
