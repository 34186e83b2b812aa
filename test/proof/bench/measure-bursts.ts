import { parallelDeliveries } from '../../../lib/limits.ts';
import type { Progress } from './progress.ts';
import type { Stage } from './stage.ts';
import { type Summary, summaryOf } from './statistics.ts';
import type { Load } from './trial-terms.ts';

/**
 * The most that one invocation of on-upload does: as many files of 10 MB as it delivers concurrently, in one event, by a process
 * that has carried five CVs before. This decides how much memory a function needs.
 */
export interface BurstNumbers {
  readonly contender: 'ours' | 'naive' | 'sdk';
  readonly files: number;
  readonly sizeMb: number;
  readonly peakBytes: Summary;
}

/**
 * Ours gets a batch from SQS whose files are for different integrations: one integration's share of Kombo's calls would let
 * only some of them start. The peers take the records of an event in turn, as their programs say.
 */
const forms = { ours: 'batch', naive: 'records', sdk: 'records' } as const satisfies Record<string, Load['inOneEvent']>;
const contenders = ['ours', 'naive', 'sdk'] as const;

const sizeMb = 10;
const warmUps = 5;
const mebibyte = 1024 * 1024;

/** The contenders take turns, so that a busy moment of the machine falls on everybody. */
export const measureBursts = async (
  stage: Stage,
  { repeats }: { readonly repeats: number },
  progress: Progress,
): Promise<BurstNumbers[]> => {
  const trials = contenders.map((contender) => ({ contender, peaks: [] as number[] }));
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    for (const { contender, peaks } of trials) {
      progress(`${parallelDeliveries} files in one event: ${contender}, run ${repeat + 1} of ${repeats}`);
      const load = {
        sizeBytes: sizeMb * mebibyte,
        count: parallelDeliveries,
        concurrency: 1,
        inOneEvent: forms[contender],
      };
      const { peakBytes } = await stage.trial(stage.built.modules[contender], load, warmUps);
      peaks.push(peakBytes);
    }
  }
  return trials.map(({ contender, peaks }) => ({
    contender,
    files: parallelDeliveries,
    sizeMb,
    peakBytes: summaryOf(peaks),
  }));
};
