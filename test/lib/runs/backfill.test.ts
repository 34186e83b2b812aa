import { beforeEach, expect, test } from 'vitest';
import { backfill } from '../../../lib/runs/backfill.ts';
import { minute } from '../../fakes/ledger-samples.ts';
import { refuses, takes } from '../../fakes/scripted-kombo.ts';
import { type DeliveryWorld, deliveryWorld } from '../../worlds/delivery-world.ts';

let world: DeliveryWorld;
beforeEach(() => {
  world = deliveryWorld();
});

const filled = (count: number, parallelism: number) => {
  const uploads = Array.from({ length: count }, (_, index) => world.put(`candidates/GRK${index}/CV.pdf`));
  const options = { deadline: world.deadline(), parallelism, worstCaseMs: minute };
  return world.run(backfill(uploads, options, world.newCourier()));
};

test('the files of a backfill are sent concurrently, within the parallelism, and each once', async () => {
  let running = 0;
  let most = 0;
  world.kombo.script.shift = () => async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    return takes();
  };
  const { outcomes, ...rest } = await filled(12, 3);
  expect(rest).toEqual({ started: 12 });
  expect(outcomes.map(({ status }) => status)).toEqual(Array(12).fill('attached'));
  expect(most).toBe(3);
  expect(world.kombo.posts).toHaveLength(12);
});

test.each([
  ['throttled', () => refuses('PLATFORM.RATE_LIMIT_EXCEEDED', { retryAfterMs: 2 * minute }), 'waiting'],
  [
    'time',
    () => {
      world.clock.advance(4 * minute + 1);
      return takes();
    },
    'attached',
  ],
] as const)(
  'a backfill that has to stop says how many files it has started, and why: %s',
  async (stopped, fate, status) => {
    world.kombo.script.push(fate);
    expect(await filled(3, 1)).toMatchObject({ outcomes: [{ status }], started: 1, stopped });
    expect(world.kombo.posts).toHaveLength(1);
  },
);
