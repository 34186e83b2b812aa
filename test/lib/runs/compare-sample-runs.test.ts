import { describe, expect, test } from 'vitest';
import type { Courier } from '../../../lib/courier.ts';
import { workLanes } from '../../../lib/runs/work-lanes.ts';
import { hour, integrationId, minute } from '../../fakes/ledger-samples.ts';
import { byOperator } from '../../fakes/pause-samples.ts';
import { candidates, sampleWorld } from '../../worlds/sample-world.ts';

describe('a run over the samples', () => {
  test('a run starts no comparison of a sample with less time left than one delivery takes', async () => {
    const world = sampleWorld();
    await world.deliverAndWait('candidates/GRK1/cv.pdf');
    expect(await world.compare({ worstCaseMs: 5 * minute })).toMatchObject({ compared: 0, found: 0 });
    expect(await world.waiting()).toHaveLength(1);
  });

  test('a run skips the samples of a paused integration, and compares the others', async () => {
    const world = sampleWorld();
    await world.deliverAndWait('candidates/GRK1/cv.pdf');
    await world.deliverAndWait('named/lever:2/GRK2/cv.pdf');
    await world.newCourier().lanes.change(integrationId, (lane) => ({ ...lane, pause: byOperator }));
    expect(await world.compare({ by: world.newCourier() })).toMatchObject({ compared: 1, found: 1 });
    expect(await world.knows(candidates, 'lever:2')).toMatchObject({ lists: true });
    expect(await world.waiting()).toHaveLength(1);
  });

  test('a run ends a comparison early enough to write its result when a host is slow', async () => {
    const world = sampleWorld();
    await world.deliverAndWait('candidates/GRK1/cv.pdf');
    const courier: Courier = {
      ...world.courier,
      links: {
        open: (_, signal) =>
          new Promise((resolve) =>
            signal.addEventListener('abort', () =>
              resolve({ ok: false, error: { reason: 'The link was not answered in time.', mayPass: true } }),
            ),
          ),
      },
    };
    const deadline = world.deadline(30_000);
    const run = workLanes({ deadline, parallelism: 4, worstCaseMs: 15_000 }, courier);
    expect(await world.run(run)).toMatchObject({ compared: 1, found: 0 });
    expect(deadline.remainingMs()).toBeGreaterThanOrEqual(4_900);
    expect(await world.waiting()).toMatchObject([{ tries: 1 }]);
  });

  test('two overlapping runs list a target once too often, and learn the same', async () => {
    const world = sampleWorld();
    await world.deliverAndWait('candidates/GRK1/cv.pdf');
    await Promise.all([world.compare(), world.compare({ by: world.newCourier() })]);
    const item = world.table.items.get(`lane#${integrationId}`);
    expect(JSON.parse(item?.document ?? '').tool[0].lessons).toHaveLength(1);
    // Noted, learnt, and read for the first time: the second result writes nothing.
    expect(item?.version).toBe(3);
  });

  test('a run finds a lane without a waiting file by its comparison, days after its touch', async () => {
    const world = sampleWorld();
    await world.deliverAndWait('candidates/GRK1/cv.pdf');
    world.clock.advance(48 * hour);
    expect(await world.compare()).toMatchObject({ compared: 1, found: 1, lanes: 1 });
    expect(world.table.items.get(`lane#${integrationId}`)).not.toHaveProperty('workShard');
  });

  test('a run over the samples leaves no timer behind', async () => {
    const world = sampleWorld();
    await world.deliverAndWait('candidates/GRK1/cv.pdf');
    const before = world.clock.timers();
    await world.compare();
    // The deadline of the run, which its function clears.
    expect(world.clock.timers()).toBe(before + 1);
  });
});
