import { expect, test } from 'vitest';
import { retryAfterMs } from '../../../lib/kombo/retry-after.ts';

/** Monday, 1 June 2026, 12:00:00 GMT. */
const nowMs = Date.UTC(2026, 5, 1, 12);

test.each([
  ['0', 0],
  ['7', 7_000],
  [' 7 ', 7_000],
  ['3600', 3_600_000],
  ['Mon, 01 Jun 2026 12:00:30 GMT', 30_000],
  ['Monday, 01-Jun-26 12:00:30 GMT', 30_000],
  ['Mon Jun  1 12:00:30 2026', 30_000],
])('a Retry-After of %j is a wait', (text, waitMs) => {
  expect(retryAfterMs({ 'retry-after': text }, nowMs)).toBe(waitMs);
});

test.each([['3601'], ['86400'], ['99999999999999999999'], ['1'.repeat(400)], ['Tue, 01 Jun 2027 12:00:00 GMT']])(
  'a Retry-After of %j is cut to an hour',
  (text) => {
    expect(retryAfterMs({ 'retry-after': text }, nowMs)).toBe(3_600_000);
  },
);

test('a Retry-After date in the past means no wait', () => {
  expect(retryAfterMs({ 'retry-after': 'Mon, 01 Jun 2026 11:59:00 GMT' }, nowMs)).toBe(0);
});

test.each([
  [''],
  ['-5'],
  ['soon'],
  ['1e3'],
  ['0x10'],
  ['7 s'],
  ['NaN'],
  ['Infinity'],
  ['2026-06-01T12:00:30Z'],
  ['Mon, 99 Foo'],
  ['1.5'],
  ['Mon, 01 Jun 2026 12:00:30'],
  ['Mon, 01 Jun 2026 12:00:30 +0200'],
  ['Mon, 01 Jun 2026'],
  ['Mon, 01 Foo 2026 12:00:30 GMT'],
])('a Retry-After of %j is invalid, and ignored', (text) => {
  expect(retryAfterMs({ 'retry-after': text }, nowMs)).toBeUndefined();
});

test('without a header there is no wait', () => {
  expect(retryAfterMs({}, nowMs)).toBeUndefined();
});

test('of a repeated Retry-After header the first counts', () => {
  expect(retryAfterMs({ 'retry-after': ['4', '9'] }, nowMs)).toBe(4_000);
});

test("Kombo's ratelimit-reset is a wait in seconds when no requests remain", () => {
  expect(retryAfterMs({ 'ratelimit-remaining': '0', 'ratelimit-reset': '57' }, nowMs)).toBe(57_000);
  expect(retryAfterMs({ 'ratelimit-reset': '57' }, nowMs)).toBe(57_000);
});

test('ratelimit-reset is ignored while requests remain', () => {
  expect(retryAfterMs({ 'ratelimit-remaining': '298', 'ratelimit-reset': '57' }, nowMs)).toBeUndefined();
});

test('an invalid ratelimit-reset is ignored, and the longest wait is an hour', () => {
  expect(retryAfterMs({ 'ratelimit-reset': '-1' }, nowMs)).toBeUndefined();
  expect(retryAfterMs({ 'ratelimit-reset': 'later' }, nowMs)).toBeUndefined();
  expect(retryAfterMs({ 'ratelimit-reset': '7200' }, nowMs)).toBe(3_600_000);
});

test('the longer of two waits counts, and an invalid one does not hide the other', () => {
  expect(retryAfterMs({ 'retry-after': '5', 'ratelimit-reset': '57' }, nowMs)).toBe(57_000);
  expect(retryAfterMs({ 'retry-after': '60', 'ratelimit-reset': '57' }, nowMs)).toBe(60_000);
  expect(retryAfterMs({ 'retry-after': 'soon', 'ratelimit-reset': '57' }, nowMs)).toBe(57_000);
});
