import { beforeEach, expect, test } from 'vitest';
import type { FailureCode } from '../../../lib/failures/failures.ts';
import type { Outcome } from '../../../lib/outcome.ts';
import { type AdaptiveConcurrency, adaptiveConcurrency } from '../../../lib/runs/adaptive-concurrency.ts';
import { nine, upload } from '../../fakes/ledger-samples.ts';
import { type ManualClock, manualClock } from '../../fakes/manual-clock.ts';

let clock: ManualClock;
let concurrency: AdaptiveConcurrency;
beforeEach(() => {
  clock = manualClock(nine);
  concurrency = adaptiveConcurrency(4, clock);
});

const attached: Outcome = { status: 'attached', upload, attempt: 1, attachedAt: new Date(nine), warnings: [] };
const throttledBy = (code: FailureCode, dueInMs = 0): Outcome => ({
  status: 'waiting',
  upload,
  attempt: 1,
  failure: { code, detail: 'x' },
  dueAt: new Date(nine + dueInMs),
});
const tooMany = throttledBy('PLATFORM.CONCURRENCY_LIMIT_EXCEEDED');

/** How many more calls may start now. */
const room = (integrationId = 'a:1'): number => {
  let started = 0;
  while (concurrency.mayStart(integrationId)) {
    concurrency.start(integrationId);
    started += 1;
  }
  for (let index = 0; index < started; index += 1)
    concurrency.finish(integrationId, { ...attached, status: 'already-attached' });
  return started;
};
const deliver = (outcome: Outcome): void => {
  concurrency.start('a:1');
  concurrency.finish('a:1', outcome);
};

test('adaptive concurrency starts at the given number of calls', () => {
  expect(room()).toBe(4);
});

test('the concurrency halves when Kombo says that too many calls are in progress, and never falls below one', () => {
  deliver(tooMany);
  expect(room()).toBe(2);
  deliver(tooMany);
  expect(room()).toBe(1);
  deliver(tooMany);
  clock.advance(1_000);
  expect(room()).toBe(1);
});

test('when even one call at a time is too many, calls stop: for a second, then twice as long each time, up to a minute', () => {
  deliver(tooMany);
  deliver(tooMany);
  expect(concurrency.standstillMs('a:1')).toBe(0);
  for (const waitMs of [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
    deliver(tooMany);
    expect(concurrency.standstillMs('a:1')).toBe(waitMs);
    expect(room()).toBe(0);
    clock.advance(waitMs);
    expect(room()).toBe(1);
  }
});

test('after a success, the next stop lasts a second again', () => {
  for (let index = 0; index < 6; index += 1) deliver(tooMany);
  clock.advance(60_000);
  deliver(attached);
  deliver(tooMany);
  expect(concurrency.standstillMs('a:1')).toBe(1_000);
});

test('a refusal of an earlier call does not shorten the wait for a rate limit', () => {
  concurrency = adaptiveConcurrency(1, clock);
  concurrency.start('a:1');
  deliver(throttledBy('PLATFORM.RATE_LIMIT_EXCEEDED', 60_000));
  concurrency.finish('a:1', tooMany);
  expect(concurrency.standstillMs('a:1')).toBe(60_000);
});

test('a concurrency of one from the start stops at the first refusal', () => {
  concurrency = adaptiveConcurrency(1, clock);
  deliver(tooMany);
  expect(concurrency.standstillMs('a:1')).toBe(1_000);
});

test('the concurrency grows by one after twice as many successes as places, and never beyond the given number', () => {
  deliver(tooMany);
  for (let index = 0; index < 3; index += 1) deliver(attached);
  expect(room()).toBe(2);
  deliver(attached);
  expect(room()).toBe(3);
  for (let index = 0; index < 50; index += 1) deliver(attached);
  expect(room()).toBe(4);
});

test('the concurrency grows more slowly after each refusal', () => {
  deliver(tooMany);
  deliver(tooMany);
  for (let index = 0; index < 3; index += 1) deliver(attached);
  expect(room()).toBe(1);
  deliver(attached);
  expect(room()).toBe(2);
});

test('refusals of calls that started together count as one', () => {
  for (let index = 0; index < 4; index += 1) concurrency.start('a:1');
  for (let index = 0; index < 4; index += 1) concurrency.finish('a:1', tooMany);
  expect(room()).toBe(2);
  deliver(tooMany);
  expect(room()).toBe(1);
});

test.each(['PLATFORM.RATE_LIMIT_EXCEEDED', 'KOMBO_RATE_LIMITED'] as const)(
  '%s stops the calls until Kombo allows them again',
  (code) => {
    deliver(throttledBy(code, 60_000));
    expect(concurrency.standstillMs('a:1')).toBe(60_000);
    expect(room()).toBe(0);
    clock.advance(59_999);
    expect(room()).toBe(0);
    clock.advance(1);
    expect(room()).toBe(4);
  },
);

test("one integration's refusals do not slow another", () => {
  deliver(tooMany);
  deliver(throttledBy('PLATFORM.RATE_LIMIT_EXCEEDED', 60_000));
  expect(concurrency.standstillMs('b:2')).toBe(0);
  expect(room('b:2')).toBe(4);
});

test('a failure of one file does not change the concurrency', () => {
  deliver(throttledBy('REMOTE.RATE_LIMIT_EXCEEDED', 60_000));
  expect(room()).toBe(4);
});

test('the concurrency of a lane that has just opened starts at one, but not once something has started in it', () => {
  concurrency.startAt('a:1', 1);
  expect(room()).toBe(1);
  expect(room('b:2')).toBe(4);
  concurrency.startAt('b:2', 1);
  expect(room('b:2')).toBe(4);
});
