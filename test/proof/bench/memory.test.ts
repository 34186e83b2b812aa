import { expect, onTestFinished, test } from 'vitest';
import { inTurns } from './in-turns.ts';
import { oneFileOf, setStage } from './stage.ts';

test('memory does not grow with the file: 40 MB take no more than 1.2 times the memory of 1 MB', {
  timeout: 120_000,
}, async () => {
  let stop = async (): Promise<void> => undefined;
  onTestFinished(() => stop());
  const stage = await setStage((way) => {
    stop = way;
  });
  const modulePath = stage.built.modules.core;
  // No warm-up: it would make up most of the memory of a small file, and make the ratio look better.
  const subjects = [1, 40].map((sizeMb) => ({ about: { sizeMb }, modulePath, load: oneFileOf(sizeMb), warmUps: 0 }));
  const plan = { title: 'memory', repeats: 3, numbersOf: ({ peakBytes }: { peakBytes: number }) => ({ peakBytes }) };
  const [small, large] = await inTurns(plan, subjects, stage);
  // A copy of the file in memory would already make it 1.5 times.
  expect((large?.peakBytes.median ?? Number.NaN) / (small?.peakBytes.median ?? 0)).toBeLessThan(1.2);
});
