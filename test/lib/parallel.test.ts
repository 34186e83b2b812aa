import { expect, test } from 'vitest';
import { inParallel } from '../../lib/parallel.ts';

const always = () => true;
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test('parallel work starts in order, and never exceeds the given number in progress', async () => {
  const begun: number[] = [];
  let running = 0;
  let most = 0;
  const count = await inParallel([1, 2, 3, 4, 5, 6, 7], 3, always, async (item) => {
    begun.push(item);
    running += 1;
    most = Math.max(most, running);
    for (let wait = 0; wait < 8 - item; wait += 1) await turn();
    running -= 1;
  });
  expect({ begun, most, count, running }).toEqual({ begun: [1, 2, 3, 4, 5, 6, 7], most: 3, count: 7, running: 0 });
});

test('parallel work starts nothing more once it may not, and finishes what was started', async () => {
  const ended: number[] = [];
  const count = await inParallel(
    [1, 2, 3, 4],
    2,
    () => ended.length === 0,
    async (item) => {
      await turn();
      ended.push(item);
    },
  );
  expect({ ended, count }).toEqual({ ended: [1, 2], count: 2 });
});

test('an exception stops parallel work from starting more, and is thrown after everything started has ended', async () => {
  const ended: number[] = [];
  const work = inParallel([1, 2, 3, 4], 2, always, async (item) => {
    if (item === 1) throw new Error('first');
    await turn();
    ended.push(item);
  });
  await expect(work).rejects.toThrow('first');
  expect(ended).toEqual([2]);
});

test.each([
  [0, []],
  [5, [1, 2]],
])('parallel work with a width of %i does %j of two', async (width, done) => {
  const seen: number[] = [];
  const count = await inParallel([1, 2], width, always, async (item) => void seen.push(item));
  expect(seen).toEqual(done);
  expect(count).toBe(done.length);
});
