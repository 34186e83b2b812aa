import { expect, test } from 'vitest';
import { backfill } from '../../../lib/runs/backfill.ts';
import { minute } from '../../fakes/ledger-samples.ts';
import { takes } from '../../fakes/scripted-kombo.ts';
import { deliveryWorld } from '../../worlds/delivery-world.ts';

test('the files of a backfill are sent concurrently, within the parallelism, and each once', async () => {
  const world = deliveryWorld();
  let running = 0;
  let most = 0;
  world.kombo.script.shift = () => async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    return takes();
  };
  const uploads = Array.from({ length: 12 }, (_, index) => world.put(`candidates/GRK${index}/CV.pdf`));
  const options = { deadline: world.deadline(), parallelism: 3, worstCaseMs: minute };
  expect(await backfill(uploads, options, world.newCourier())).toMatchObject({ started: 12 });
  expect(most).toBe(3);
  expect(world.kombo.posts).toHaveLength(12);
});
