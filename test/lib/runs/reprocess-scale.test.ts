import { expect, test } from 'vitest';
import { sleep } from '../../../lib/clock.ts';
import { toItem } from '../../../lib/ledger/record-item.ts';
import { reprocess } from '../../../lib/runs/reprocess.ts';
import { learnTool } from '../../fakes/known-tool.ts';
import { minute, nine, recordIn, second, states } from '../../fakes/ledger-samples.ts';
import { refuses, takes } from '../../fakes/scripted-kombo.ts';
import { type DeliveryWorld, deliveryWorld } from '../../worlds/delivery-world.ts';

/** Work that has been due for a second, as an outage leaves it behind. */
const addDue = (world: DeliveryWorld, count: number): void => {
  for (let index = 0; index < count; index += 1) {
    const upload = world.put(`candidates/GRK${index}/CV.pdf`, { etag: `due-${index}` });
    const target = { ...recordIn(states.waiting).target, kind: 'candidate', id: `GRK${index}` } as const;
    const state = { ...states.waiting, dueAt: nine - second };
    const record = recordIn(state, {
      upload,
      target: { integrationId: 'greenhouse:8Xi6iZrwusZqJmDGXs49GBmJ', ...target },
    });
    const item = toItem(record, 400);
    world.table.items.set(item.pk, item);
  }
};

const run = (world: DeliveryWorld) =>
  reprocess({ deadline: world.deadline(), parallelism: 4, worstCaseMs: 2.5 * minute }, world.newCourier());

const statuses = (world: DeliveryWorld): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { status = 'none' } of world.table.items.values()) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};

test('100 due files cost the same calls beside 100,000 attached ones as beside none', async () => {
  const callsBeside = async (attached: number): Promise<number> => {
    const world = deliveryWorld();
    for (let index = 0; index < attached; index += 1) {
      const upload = { bucket: 'cv-inbox', key: `candidates/GRK${index}/Old CV.pdf`, etag: `old-${index}` };
      const item = toItem(recordIn(states.attached, { upload }), 400);
      world.table.items.set(item.pk, item);
    }
    addDue(world, 100);
    learnTool(world);
    expect(await run(world)).toMatchObject({ due: 100, left: 0, outcomes: { attached: 100 } });
    return world.table.calls.length;
  };
  const alone = await callsBeside(0);
  expect(await callsBeside(100_000)).toBe(alone);
  // A claim, a question for the same bytes and a settlement each, and a handful of questions for what is due and paused.
  expect(alone).toBeLessThanOrEqual(320);
});

test('a backlog of 2,000 drains through a Kombo that takes five at once, and holds none of them', async () => {
  const world = deliveryWorld();
  addDue(world, 2000);
  const limit = 5;
  let taking = 0;
  let refusing = 0;
  let refused = 0;
  let beganAt = world.clock.now();
  /** How far what was in flight went beyond the limit, in the first seconds of the runs and after them. */
  let [mostBeyondAtFirst, mostBeyond] = [0, 0];
  world.kombo.script.push = () => 0;
  world.kombo.script.shift = () => async () => {
    if (taking >= limit) {
      refused += 1;
      refusing += 1;
      if (world.clock.now() - beganAt <= 5 * second) mostBeyondAtFirst = Math.max(mostBeyondAtFirst, refusing);
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

  // Two runs overlap, as reserved concurrency allows: eight at once if nothing taught them.
  let rounds = 0;
  for (; rounds < 20 && (statuses(world).attached ?? 0) < 2000; rounds += 1) {
    beganAt = world.clock.now();
    await world.run(Promise.all([run(world), run(world)]));
    world.clock.advance(5 * minute);
  }
  expect(statuses(world)).toEqual({ attached: 2000, lane: 1 });
  expect(new Set(world.kombo.standing.map(({ target }) => target.id)).size).toBe(2000);
  expect(world.kombo.standing).toHaveLength(2000);
  // 2.5 minutes of work per round, five files in half a second: two rounds are the least that any pace would need.
  expect(rounds).toBe(2);
  // Nobody tells the limit beforehand. Its first eight files teach it to a pair of runs; after that each run tries now
  // and then, with one file, whether there is room for one more.
  expect(mostBeyondAtFirst).toBe(3);
  expect(mostBeyond).toBeLessThanOrEqual(2);
  // One refusal per lesson, and each lesson holds for sixteen successes per place: 43 for 2,000 files here.
  expect(refused).toBeLessThan(80);
});
