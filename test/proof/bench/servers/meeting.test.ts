import { expect, test } from 'vitest';
import { createMeeting } from './meeting.ts';

test('requests of the bench that must meet wait for each other', async () => {
  const meeting = createMeeting(60_000);
  let isGone = false;
  const first = meeting.arrive('a', 2).then((hasMet) => {
    isGone = true;
    return hasMet;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect([isGone, meeting.met('a')]).toEqual([false, 0]);
  expect(await Promise.all([first, meeting.arrive('a', 2)])).toEqual([true, true]);
  expect([meeting.met('a'), meeting.met('b')]).toEqual([2, 0]);
});

test('a request of the bench that is sent after the previous one has ended never meets it', async () => {
  const meeting = createMeeting(1);
  expect(await meeting.arrive('a', 2)).toBe(false);
  expect(meeting.met('a')).toBe(0);
});
