import { expect, onTestFinished, test } from 'vitest';
import { measureMemory } from './measure-memory.ts';
import { setStage } from './stage.ts';

test('memory does not grow with the file: 40 MB take no more than 1.2 times the memory of 1 MB', {
  timeout: 120_000,
}, async () => {
  let stop = async (): Promise<void> => undefined;
  onTestFinished(() => stop());
  const stage = await setStage((way) => {
    stop = way;
  });
  const [small, large] = await measureMemory(stage, { sizesMb: [1, 40], repeats: 3 });
  // A copy of the file in memory would already make it 1.5 times.
  expect((large?.peakMb ?? Number.NaN) / (small?.peakMb ?? 0)).toBeLessThan(1.2);
});
