import { beforeEach, describe, expect, test } from 'vitest';
import { sleep } from '../../../lib/clock.ts';
import { workLanes } from '../../../lib/runs/work-lanes.ts';
import type { Upload } from '../../../lib/upload/upload.ts';
import { minute, second } from '../../fakes/ledger-samples.ts';
import { type PostScript, refuses, takes } from '../../fakes/scripted-kombo.ts';
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
    world.kombo.script.push(limitedFor(2 * second));
    expect(await world.work({ parallelism: 1 })).toMatchObject({ left: 0, outcomes: { waiting: 1, attached: 5 } });
  });
});

describe('too many concurrent calls', () => {
  test('one refusal for too many concurrent calls slows the run down, and the refused file is sent by the next run', async () => {
    const uploads = addMany(3);
    world.kombo.script.push(busy);
    expect(await world.work()).toMatchObject({ left: 0, outcomes: { attached: 2, waiting: 1 } });
    world.clock.advance(5 * minute);
    expect(await world.work()).toMatchObject({ outcomes: { attached: 1 } });
    for (const upload of uploads) expect(await world.statusOf(upload)).toBe('attached');
  });

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

  test('refusals for too many concurrent calls never use up the retry budget of a file', async () => {
    const upload = world.addWaiting('GRK1');
    world.kombo.script.shift = () => busy;
    for (let run = 0; run < 40; run += 1) {
      await world.work();
      world.clock.advance(65 * minute);
    }
    expect(await world.statusOf(upload)).toBe('waiting');
    world.kombo.script.shift = () => undefined;
    await world.work();
    expect(await world.statusOf(upload)).toBe('attached');
  });
});

test('a pause between calls is waited for only while there is time', async () => {
  addMany(2);
  world.kombo.script.push(limitedFor(2 * second));
  const deadline = world.deadline(minute + second);
  expect(await world.work({ parallelism: 1, deadline })).toMatchObject({ left: 1, outcomes: { waiting: 1 } });
  expect(world.kombo.posts).toHaveLength(1);
});

test('a backlog of 2,000 is sent through a Kombo that accepts five calls concurrently, and none of it is held', async () => {
  addMany(2_000);
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
