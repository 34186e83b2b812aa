import { parallelDeliveries } from '../../../lib/limits.ts';
import { inTurns } from './in-turns.ts';
import { oneFileOf } from './measure-files.ts';
import type { Progress } from './progress.ts';
import type { Stage } from './stage.ts';
import { type Summary, summaryOf } from './statistics.ts';
import type { Load } from './trial-terms.ts';

/**
 * The largest load of one invocation of on-upload: as many files of 10 MB as it delivers concurrently, in one event, in a process
 * that has delivered five CVs before. This decides how much memory a function needs.
 */
export interface BurstNumbers {
  readonly contender: 'ours' | 'naive' | 'sdk';
  readonly files: number;
  readonly sizeMb: number;
  readonly peakBytes: Summary;
}

/**
 * Ours gets a batch from SQS whose files are for different integrations, because one integration's share of Kombo's calls would
 * let only some of them start. The peers process the records of an event one after another.
 */
const forms = { ours: 'batch', naive: 'records', sdk: 'records' } as const satisfies Record<string, Load['inOneEvent']>;
const contenders = ['ours', 'naive', 'sdk'] as const;

const sizeMb = 10;
const warmUps = 5;

export const measureBursts = async (
  stage: Stage,
  { repeats }: { readonly repeats: number },
  progress: Progress,
): Promise<BurstNumbers[]> => {
  const files = parallelDeliveries;
  const trials = await inTurns(contenders, repeats, (contender, round) => {
    progress(`${files} files in one event: ${contender}, ${round}`);
    const load = { ...oneFileOf(sizeMb), count: files, inOneEvent: forms[contender] };
    return stage.trial(stage.built.modules[contender], load, warmUps);
  });
  return trials.map(({ one: contender, runs }) => ({
    contender,
    files,
    sizeMb,
    peakBytes: summaryOf(runs.map(({ peakBytes }) => peakBytes)),
  }));
};
