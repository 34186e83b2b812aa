import { beforeEach, describe, expect, test } from 'vitest';
import { minute, nine, second } from '../../fakes/ledger-samples.ts';
import { refuses } from '../../fakes/scripted-kombo.ts';
import { type SweepWorld, sweepWorld } from '../../worlds/sweep-world.ts';

let its: SweepWorld;
let world: SweepWorld['world'];
beforeEach(() => {
  its = sweepWorld();
  world = its.world;
});

const add: SweepWorld['add'] = (...object) => its.add(...object);
const run: SweepWorld['run'] = (...how) => its.run(...how);
const posts = () => its.posts();

describe('a Kombo under load', () => {
  const busy = () => refuses('PLATFORM.CONCURRENCY_LIMIT_EXCEEDED');

  test('is asked once for each file, and what it refused is due again within a second', async () => {
    for (let index = 0; index < 8; index += 1) add(String(index));
    world.kombo.script.push(busy);
    // Time stands still: a repeat would wait for ever.
    expect(await run()).toMatchObject({ found: 8, finished: true, outcomes: { attached: 7, waiting: 1 } });
    expect(posts()).toHaveLength(8);
    const [due] = [...world.table.items.values()].filter(({ status }) => status === 'waiting');
    expect(due?.workAt).toBeLessThanOrEqual(nine + second);
  });

  test('ends the sweep when it takes nothing at all; the next one goes on, and leaves nothing out', async () => {
    for (let index = 0; index < 50; index += 1) add(String(index));
    world.kombo.script.push(...Array.from({ length: 20 }, () => busy));
    const report = await world.run(run());
    expect(report.finished).toBe(false);
    expect(report.found).toBeLessThan(15);
    world.kombo.script.length = 0;
    expect(await run()).toMatchObject({ found: 50 - report.found, finished: true });
    expect(world.kombo.standing).toHaveLength(50 - report.found);
  });

  test('is left alone for as long as it asks for', async () => {
    for (let index = 0; index < 8; index += 1) add(String(index));
    world.kombo.script.push(() => refuses('PLATFORM.RATE_LIMIT_EXCEEDED', { retryAfterMs: minute }));
    const report = await run();
    expect(report.finished).toBe(false);
    expect(report.found).toBeLessThan(8);
    expect(await run()).toMatchObject({ found: 8 - report.found, finished: true });
  });
});
