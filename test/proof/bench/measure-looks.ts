import type { Progress } from './progress.ts';
import type { Stage } from './stage.ts';
import { type Summary, summaryOf } from './statistics.ts';

/** One look at a target that lists one file of this size, by a process that has looked at five CVs before. */
export interface LookNumbers {
  readonly sizeMb: number;
  readonly peakBytes: Summary;
  readonly wallMs: Summary;
  readonly cpuMs: Summary;
}

const sizesMb = [1, 100];
const warmUps = 5;
const mebibyte = 1024 * 1024;

/** The sizes take turns, so that a busy moment of the machine falls on both. */
export const measureLooks = async (
  stage: Stage,
  { repeats }: { readonly repeats: number },
  progress: Progress,
): Promise<LookNumbers[]> => {
  const trials = sizesMb.map((sizeMb) => ({ sizeMb, runs: [] as Awaited<ReturnType<Stage['trial']>>[] }));
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    for (const { sizeMb, runs } of trials) {
      progress(`looks: ${sizeMb} MB, run ${repeat + 1} of ${repeats}`);
      const load = { sizeBytes: sizeMb * mebibyte, count: 1, concurrency: 1 };
      runs.push(await stage.trial(stage.built.modules.look, load, warmUps));
    }
  }
  return trials.map(({ sizeMb, runs }) => ({
    sizeMb,
    peakBytes: summaryOf(runs.map((run) => run.peakBytes)),
    wallMs: summaryOf(runs.map((run) => run.wallMs)),
    cpuMs: summaryOf(runs.map((run) => run.cpuMs)),
  }));
};
