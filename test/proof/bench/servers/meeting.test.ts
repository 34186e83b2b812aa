import { expect, test } from 'vitest';
import { createMeeting } from './meeting.ts';

test('requests of the bench that must meet wait for each other', async () => {
  const arrive = createMeeting(60_000);
  let isGone = false;
  const first = arrive('a', 2).then((hasMet) => {
    isGone = true;
    return hasMet;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(isGone).toBe(false);
  expect(await Promise.all([first, arrive('a', 2)])).toEqual([true, true]);
});

test('a request of the bench that waits alone never meets another', async () => {
  expect(await createMeeting(1)('a', 2)).toBe(false);
});
