import { expect, test } from 'vitest';
import { otherIntegrations } from './courier.ts';
import type { Trouble } from './simulated-account.ts';
import { integrationId, type SteadyWorld, steadyWorld } from './steady-world.ts';

/** Rare situations with fixed numbers: long outages, a long queue, a burst. Nothing is random. */

const minute = 60_000;
const hour = 60 * minute;

const countOf = (world: SteadyWorld, status: string): number =>
  world.records().filter(({ state }) => state.status === status).length;

const cpuSeconds = (since: NodeJS.CpuUsage): string =>
  `${Math.round(process.cpuUsage(since).user / 1e5) / 10} s of CPU`;

type How = Extract<Trouble, { kind: 'outage' }>['how'];

test.each<[hours: number, how: How]>([
  [2, 'ats-down'],
  [8, 'ats-down'],
  [26, 'ats-down'],
  [144, 'ats-down'],
  [26, 'refused'],
  [26, 'silent'],
  [26, 'balancer'],
  [26, 'ats-busy'],
])(
  'an outage holds no file, and all are attached automatically: %i hours (%s), 1,000 files, within 3 hours after it, at most a call per minute',
  {
    timeout: 240_000,
  },
  async (hours, how) => {
    const cpu = process.cpuUsage();
    const world = steadyWorld([integrationId], (start) => [
      { kind: 'outage', how, listing: true, stores: false, from: start + minute, until: start + minute + hours * hour },
    ]);
    const [outage] = world.account.troubles;
    if (!outage) throw new Error('There is no outage.');
    for (let number = 0; number < 1_000; number += 1) world.comes(number, 2 * minute + (number * hours * hour) / 1_001);
    await world.runUntil(outage.until);
    const calls = world.account.callsDuring(outage).get(integrationId) ?? 0;
    const posts = world.kombo.posts;
    expect(countOf(world, 'attached')).toBe(0);
    let passed = 0;
    while (passed < 3 * hour && countOf(world, 'attached') < 1_000) {
      await world.runUntil(world.now() + 5 * minute);
      passed += 5 * minute;
    }
    console.log(
      `outage of ${hours} h (${how}): ${countOf(world, 'attached')} of 1,000 attached after ${passed / minute} min, ${countOf(world, 'held')} held, ${calls} calls during it, ${posts} complete POSTs among them; ${cpuSeconds(cpu)}`,
    );
    expect(countOf(world, 'attached')).toBe(1_000);
    expect(calls).toBeLessThanOrEqual(hours * 60);
    // Each file is stored once.
    expect(world.kombo.attachments).toHaveLength(1_000);
  },
);

test.each([26, 144])(
  'after %i hours in which only posting fails, at most the files that were sent are held',
  {
    timeout: 240_000,
  },
  async (hours) => {
    const cpu = process.cpuUsage();
    const world = steadyWorld([integrationId], (start) => [
      { kind: 'outage', how: 'ats-down', listing: false, stores: false, from: start, until: start + hours * hour },
    ]);
    const [outage] = world.account.troubles;
    if (!outage) throw new Error('There is no outage.');
    for (let number = 0; number < 1_000; number += 1) world.comes(number, minute + (number * hours * hour) / 1_001);
    await world.runUntil(outage.until);
    const calls = world.account.callsDuring(outage).get(integrationId) ?? 0;
    const { posts } = world.kombo;
    await world.runUntil(outage.until + 3 * hour);
    const [attached, held] = [countOf(world, 'attached'), countOf(world, 'held')];
    console.log(
      `${hours} h in which only posting fails: ${posts} files sent as probes, ${attached} of 1,000 attached 3 h after it, ${held} held, ${calls} calls during it; ${cpuSeconds(cpu)}`,
    );
    expect(attached).toBeGreaterThanOrEqual(1_000 - posts);
    expect(held).toBeLessThanOrEqual(posts);
    expect(calls).toBeLessThanOrEqual(hours * 60);
  },
);

test("another integration's file is attached in the first run despite 20,000 due files of a throttled integration", {
  timeout: 240_000,
}, async () => {
  const cpu = process.cpuUsage();
  const [throttled, other] = otherIntegrations;
  const world = steadyWorld([throttled, other], (start) => [
    { kind: 'throttled', integrationId: throttled, from: start, until: start + hour },
  ]);
  for (let number = 0; number < 20_000; number += 1) world.waits(number, throttled);
  world.waits(20_000, other);
  const startedAt = world.now();
  await world.runOnce();
  console.log(
    `20,000 due files of a throttled integration: the first run took ${Math.round((world.now() - startedAt) / 1000)} s; ${cpuSeconds(cpu)}`,
  );
  expect(world.kombo.attachments.map((file) => file.integrationId)).toEqual([other]);
});

test('a burst of 1,000 uploads with a limit of 5 concurrent calls is attached completely', {
  timeout: 240_000,
}, async () => {
  const cpu = process.cpuUsage();
  const world = steadyWorld([integrationId]);
  world.kombo.callLimit = 5;
  for (let number = 0; number < 1_000; number += 1) world.comes(number, number * 10);
  let passed = 0;
  while (passed < 3 * hour && countOf(world, 'attached') < 1_000) {
    await world.runUntil(world.now() + 5 * minute);
    passed += 5 * minute;
  }
  const { refused } = world.kombo;
  console.log(
    `a burst of 1,000 uploads against 5 calls in flight: ${countOf(world, 'attached')} attached after ${passed / minute} min, ${refused} calls refused; ${cpuSeconds(cpu)}`,
  );
  expect(countOf(world, 'attached')).toBe(1_000);
  expect(world.kombo.attachments).toHaveLength(1_000);
});
