import { type Contender, contenders } from './contenders.ts';
import type { Progress } from './progress.ts';
import type { Stage } from './stage.ts';
import { type Summary, summaryOf } from './statistics.ts';

/** One file of one size, carried by a process that has carried five CVs before. */
export interface FileNumbers {
  readonly contender: Contender;
  readonly sizeMb: number;
  readonly peakBytes: Summary;
  readonly wallMs: Summary;
  readonly cpuMs: Summary;
}

const warmUps = 5;
const mebibyte = 1024 * 1024;

/** All contenders take turns, so that a busy moment of the machine falls on everybody. */
export const measureFiles = async (
  stage: Stage,
  { sizesMb, repeats }: { readonly sizesMb: readonly number[]; readonly repeats: number },
  progress: Progress,
): Promise<FileNumbers[]> => {
  const pairs = sizesMb.flatMap((sizeMb) => contenders.map((contender) => ({ contender, sizeMb })));
  const trials = pairs.map((pair) => ({ ...pair, runs: [] as Awaited<ReturnType<Stage['trial']>>[] }));
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    for (const { contender, sizeMb, runs } of trials) {
      progress(`files: ${sizeMb} MB, ${contender}, run ${repeat + 1} of ${repeats}`);
      const load = { sizeBytes: sizeMb * mebibyte, count: 1, concurrency: 1 };
      runs.push(await stage.trial(stage.built.modules[contender], load, warmUps));
    }
  }
  return trials.map(({ contender, sizeMb, runs }) => ({
    contender,
    sizeMb,
    peakBytes: summaryOf(runs.map((run) => run.peakBytes)),
    wallMs: summaryOf(runs.map((run) => run.wallMs)),
    cpuMs: summaryOf(runs.map((run) => run.cpuMs)),
  }));
};
