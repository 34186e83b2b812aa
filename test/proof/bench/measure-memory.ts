import { inTurns } from './in-turns.ts';
import { oneFileOf } from './measure-files.ts';
import type { Stage } from './stage.ts';
import { summaryOf } from './statistics.ts';

/** Peak memory of fresh processes that deliver one file each, by file size. The median of the runs. */
export interface MemoryNumbers {
  readonly sizeMb: number;
  readonly peakMb: number;
}

const mebibyte = 1024 * 1024;

export const measureMemory = async (
  stage: Stage,
  { sizesMb, repeats }: { readonly sizesMb: readonly number[]; readonly repeats: number },
): Promise<MemoryNumbers[]> => {
  // No warm-up: it would make up most of the memory of a small file, and make the ratio look better.
  const trials = await inTurns(sizesMb, repeats, (sizeMb) =>
    stage.trial(stage.built.modules.core, oneFileOf(sizeMb), 0),
  );
  return trials.map(({ one: sizeMb, runs }) => ({
    sizeMb,
    peakMb: summaryOf(runs.map(({ peakBytes }) => peakBytes / mebibyte)).median,
  }));
};
