import { expect, test } from 'vitest';
import { deadlineIn } from '../../../lib/deadline.ts';
import { createLoad } from '../../../lib/kombo/load.ts';
import { minute, nine, second } from '../../fakes/ledger-samples.ts';
import { manualClock } from '../../fakes/manual-clock.ts';

const reserveMs = 30 * second;
const one = 'greenhouse:one';
const other = 'lever:other';

const newLoad = (instances: number) => {
  const clock = manualClock(nine);
  return { clock, load: createLoad(clock, instances), deadline: deadlineIn(clock, 5 * minute) };
};

const settled = async <T>(promise: Promise<T>): Promise<T | 'waits'> =>
  Promise.race([promise, new Promise<'waits'>((resolve) => setImmediate(() => resolve('waits')))]);

test.each([
  ['all instances share the documented limit, less five calls for others', undefined, 12, 2],
  ['a single instance may use the whole limit, less five calls for others', undefined, 1, 25],
  ['the limit of an answer replaces the documented one', 17, 12, 1],
  ['an instance may always make one call', 5, 12, 1],
  ['an instance may always make one call, even with more instances than calls', 30, 100, 1],
])('%s', (_title, limit, instances, share) => {
  const { load } = newLoad(instances);
  if (limit !== undefined) load.note(one, { limit });
  expect(load.share(one)).toBe(share);
});

test('a call waits for a place when all places of the share are taken', async () => {
  const { load, deadline } = newLoad(25);
  const leave = await load.enter(one, deadline, reserveMs);
  const second = load.enter(one, deadline, reserveMs);
  const third = load.enter(one, deadline, reserveMs);
  expect(await settled(second)).toBe('waits');
  leave?.();
  const leaveSecond = await second;
  expect(leaveSecond).toBeTypeOf('function');
  expect(await settled(third)).toBe('waits');
  leaveSecond?.();
  expect(await third).toBeTypeOf('function');
});

test('integrations do not share places', async () => {
  const { load, deadline } = newLoad(25);
  await load.enter(one, deadline, reserveMs);
  expect(await settled(load.enter(other, deadline, reserveMs))).toBeTypeOf('function');
});

test('a call that would get a place too late to use it gets none, and delays no other', async () => {
  const { clock, load, deadline } = newLoad(25);
  const leave = await load.enter(one, deadline, reserveMs);
  const late = load.enter(one, deadlineIn(clock, minute), reserveMs);
  const patient = load.enter(one, deadline, reserveMs);
  clock.advance(31 * second);
  expect(await late).toBeUndefined();
  leave?.();
  expect(await patient).toBeTypeOf('function');
});

test.each([
  ['a refused call', {}, 'PLATFORM.CONCURRENCY_LIMIT_EXCEEDED', true],
  ['an answer that leaves no further call', { remaining: 0 }, undefined, true],
  ['an answer with calls left', { remaining: 1 }, undefined, false],
  ['another failure', {}, 'KOMBO_FAULT', false],
] as const)(
  'after %s, with %s %s, the integration is full for 30 seconds or not at all',
  (_title, concurrency, code, isFull) => {
    const { clock, load } = newLoad(12);
    load.note(one, concurrency, code);
    expect(load.fullUntil(one)).toBe(isFull ? nine + 30 * second : undefined);
    expect(load.fullUntil(other)).toBeUndefined();
    clock.advance(30 * second);
    expect(load.fullUntil(one)).toBeUndefined();
  },
);
