import type { Stage } from './stage.ts';
import { summaryOf } from './statistics.ts';

/** Peak memory of fresh processes that carry one file each, by file size. The median of the runs. */
export interface MemoryNumbers {
  readonly sizeMb: number;
  readonly peakMb: number;
}

const mebibyte = 1024 * 1024;

/** The sizes take turns, so that a busy moment of the machine falls on all of them. */
export const measureMemory = async (
  stage: Stage,
  { sizesMb, repeats }: { readonly sizesMb: readonly number[]; readonly repeats: number },
): Promise<MemoryNumbers[]> => {
  const trials = sizesMb.map((sizeMb) => ({ sizeMb, peaks: [] as number[] }));
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    for (const { sizeMb, peaks } of trials) {
      const load = { sizeBytes: sizeMb * mebibyte, count: 1, concurrency: 1 };
      // No warm-up: it would be the larger part of what a small file takes, and flatter the ratio.
      const { peakBytes } = await stage.trial(stage.built.modules.core, load, 0);
      peaks.push(peakBytes / mebibyte);
    }
  }
  return trials.map(({ sizeMb, peaks }) => ({ sizeMb, peakMb: summaryOf(peaks).median }));
};
