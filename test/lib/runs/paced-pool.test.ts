import { beforeEach, expect, test } from 'vitest';
import type { FailureCode } from '../../../lib/failures/failures.ts';
import type { Outcome } from '../../../lib/outcome.ts';
import { type PacedPool, pacedPool } from '../../../lib/runs/paced-pool.ts';
import { nine, second, upload } from '../../fakes/ledger-samples.ts';
import { type ManualClock, manualClock } from '../../fakes/manual-clock.ts';

let clock: ManualClock;
let mayStart: boolean;
let pool: PacedPool;
beforeEach(() => {
  clock = manualClock(nine);
  mayStart = true;
  pool = pacedPool({ parallelism: 2, mayStart: () => mayStart, clock });
});

const attached: Outcome = { status: 'attached', upload, attempt: 1, attachedAt: new Date(nine), warnings: [] };
const throttledBy = (code: FailureCode, dueInMs = 0): Outcome => {
  const dueAt = new Date(clock.now() + dueInMs);
  return { status: 'waiting', upload, attempt: 1, failure: { code, detail: 'x' }, dueAt };
};

/** Work that ends when the test says so. */
const openWork = () => {
  const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
  return { work: () => promise, end: resolve, fail: reject };
};

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** Whether a promise has settled yet. */
const isSettled = async (promise: Promise<unknown>): Promise<boolean> => {
  let settled = false;
  void promise.then(
    () => (settled = true),
    () => (settled = true),
  );
  await turns();
  return settled;
};

test('no more work runs concurrently than the parallelism allows; the next one starts when one ends', async () => {
  const [first, second_, third] = [openWork(), openWork(), openWork()];
  expect(await pool.start('a', first.work)).toBe(true);
  expect(await pool.start('a', second_.work)).toBe(true);
  const waiting = pool.start('b', third.work);
  expect(await isSettled(waiting)).toBe(false);
  first.end(attached);
  expect(await waiting).toBe(true);
});

test('no work starts once time has run out', async () => {
  mayStart = false;
  expect(await pool.start('a', async () => attached)).toBe(false);
});

test('a place that becomes free after time has run out starts no work', async () => {
  const running = openWork();
  await pool.start('a', running.work);
  await pool.start('a', openWork().work);
  const waiting = pool.start('a', async () => attached);
  await turns();
  mayStart = false;
  running.end(attached);
  expect(await waiting).toBe(false);
});

test('after an error no work starts, and draining throws the first error once everything has ended', async () => {
  const running = openWork();
  await pool.start('a', running.work);
  await pool.start('a', async () => Promise.reject(new Error('The ledger is silent.')));
  await turns();
  expect(await pool.start('a', async () => attached)).toBe(false);
  const drained = pool.drain();
  expect(await isSettled(drained)).toBe(false);
  running.fail(new Error('A later error.'));
  await expect(drained).rejects.toThrow('The ledger is silent.');
});

test('a rate limit that ends soon is waited for', async () => {
  await pool.start('a', async () => throttledBy('PLATFORM.RATE_LIMIT_EXCEEDED', 5 * second));
  await turns();
  const waiting = pool.start('a', async () => attached);
  expect(await isSettled(waiting)).toBe(false);
  clock.advance(5 * second);
  expect(await waiting).toBe(true);
});

test('a rate limit that lasts longer than five seconds stops the lane', async () => {
  await pool.start('a', async () => throttledBy('PLATFORM.RATE_LIMIT_EXCEEDED', 6 * second));
  await turns();
  expect(await pool.start('a', async () => attached)).toBe(false);
});

test('a throttled lane does not stop another one', async () => {
  await pool.start('a', async () => throttledBy('PLATFORM.RATE_LIMIT_EXCEEDED', 60 * second));
  await turns();
  expect(await pool.start('b', async () => attached)).toBe(true);
});

test('after too many concurrent calls, one delivery at a time is sent until one succeeds', async () => {
  await pool.start('a', async () => throttledBy('PLATFORM.CONCURRENCY_LIMIT_EXCEEDED'));
  await turns();
  const running = openWork();
  expect(await pool.start('a', running.work)).toBe(true);
  const waiting = pool.start('a', async () => attached);
  expect(await isSettled(waiting)).toBe(false);
  running.end(attached);
  expect(await waiting).toBe(true);
});

test('work without an outcome frees its place', async () => {
  for (let index = 0; index < 5; index += 1) expect(await pool.start('a', async () => undefined)).toBe(true);
  await pool.drain();
});
