import { measureMemory } from './measure-memory.ts';
import { setStage } from './stage.ts';

/**
 * Shows that memory does not grow with the file: `node test/proof/bench/memory.ts`.
 * Each file is carried by a fresh process, from an S3 stand-in to a Kombo sink that compares every byte, and both of
 * them have processes of their own. Ends with 1 when 100 MB take more than 1.2 times what 1 MB takes.
 */
const sizesMb = [1, 10, 25, 50, 100];
const highestRatio = 1.2;

let stop = async (): Promise<void> => undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void stop().finally(() => process.exit(1)));
try {
  const stage = await setStage((way) => {
    stop = way;
  });
  const numbers = await measureMemory(stage, { sizesMb, repeats: 5 });
  const basis = numbers[0]?.peakMb ?? 0;
  console.log('   file     peak   to 1 MB');
  for (const { sizeMb, peakMb } of numbers) {
    const ratio = (peakMb / basis).toFixed(2);
    console.log(`${String(sizeMb).padStart(4)} MB ${peakMb.toFixed(1).padStart(6)} MB ${ratio.padStart(9)}`);
    if (peakMb > basis * highestRatio) process.exitCode = 1;
  }
} finally {
  await stop();
}
