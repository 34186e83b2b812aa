import { beforeEach, describe, expect, test } from 'vitest';
import type { Upload } from '../../../lib/upload/upload.ts';
import { minute, second } from '../../fakes/ledger-samples.ts';
import { type PostScript, refuses } from '../../fakes/scripted-kombo.ts';
import { type LaneWorld, laneWorld } from '../../worlds/lane-world.ts';

let world: LaneWorld;
beforeEach(() => {
  world = laneWorld();
});

const addMany = (count: number): readonly Upload[] =>
  Array.from({ length: count }, (_, number) => world.addWaiting(`GRK${number}`));
const busy: PostScript = () => refuses('PLATFORM.CONCURRENCY_LIMIT_EXCEEDED');
const limitedFor =
  (retryAfterMs: number): PostScript =>
  () =>
    refuses('PLATFORM.RATE_LIMIT_EXCEEDED', { retryAfterMs });

describe('a rate limit of Kombo', () => {
  test('a rate limit of Kombo is respected: the rest of that integration waits for the next run', async () => {
    addMany(6);
    world.kombo.script.push(limitedFor(minute));
    expect(await world.work({ parallelism: 1 })).toMatchObject({ left: 5, outcomes: { waiting: 1 } });
    expect(world.kombo.posts).toHaveLength(1);
  });

  test('a rate limit of Kombo that ends within seconds is waited for, and the rest is sent in the same run', async () => {
    addMany(6);
    world.kombo.script.push(limitedFor(5 * second));
    const courier = { ...world.newCourier(), random: () => 0 };
    const outcomes = { waiting: 1, attached: 5 };
    expect(await world.work({ courier, parallelism: 1 })).toMatchObject({ left: 0, outcomes });
  });
});

describe('too many concurrent calls', () => {
  test('permanent refusals for too many concurrent calls cost few requests per run, and the files are due again soon', async () => {
    const uploads = addMany(50);
    world.kombo.script.shift = () => busy;
    const { left, outcomes } = await world.work();
    // Four start together; then two refusals reduce it to one at a time, and pauses of up to four seconds are waited
    // for.
    expect(world.kombo.posts.length).toBeLessThanOrEqual(10);
    expect(left + (outcomes.waiting ?? 0)).toBe(50);
    for (const upload of uploads) {
      const { state } = await world.recordOf(upload);
      expect(state).toMatchObject({ status: 'waiting' });
      expect('dueAt' in state && state.dueAt).toBeLessThan(world.clock.now() + minute);
    }
  });
});

test('a pause between calls is waited for only while there is time', async () => {
  addMany(2);
  world.kombo.script.push(limitedFor(2 * second));
  const deadline = world.deadline(minute + second);
  expect(await world.work({ parallelism: 1, deadline })).toMatchObject({ left: 1, outcomes: { waiting: 1 } });
  expect(world.kombo.posts).toHaveLength(1);
});
