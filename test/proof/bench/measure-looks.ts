import { inTurns } from './in-turns.ts';
import { costsOfRuns, oneFileOf } from './measure-files.ts';
import type { Progress } from './progress.ts';
import type { Stage } from './stage.ts';
import type { Summary } from './statistics.ts';

/** One look at a target that lists one file of this size, by a process that has already made five looks. */
export interface LookNumbers {
  readonly sizeMb: number;
  readonly peakBytes: Summary;
  readonly wallMs: Summary;
  readonly cpuMs: Summary;
}

const sizesMb = [1, 100];
const warmUps = 5;

export const measureLooks = async (
  stage: Stage,
  { repeats }: { readonly repeats: number },
  progress: Progress,
): Promise<LookNumbers[]> => {
  const trials = await inTurns(sizesMb, repeats, (sizeMb, round) => {
    progress(`looks: ${sizeMb} MB, ${round}`);
    return stage.trial(stage.built.modules.look, oneFileOf(sizeMb), warmUps);
  });
  return trials.map(({ one: sizeMb, runs }) => ({ sizeMb, ...costsOfRuns(runs) }));
};
