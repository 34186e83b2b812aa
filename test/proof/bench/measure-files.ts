import { type Contender, contenders } from './contenders.ts';
import { inTurns } from './in-turns.ts';
import type { Progress } from './progress.ts';
import type { Stage } from './stage.ts';
import { type Summary, summaryOf } from './statistics.ts';

/** One file of one size, delivered by a process that has delivered five CVs before. */
export interface FileNumbers {
  readonly contender: Contender;
  readonly sizeMb: number;
  readonly peakBytes: Summary;
  readonly wallMs: Summary;
  readonly cpuMs: Summary;
}

const warmUps = 5;
const mebibyte = 1024 * 1024;

export const measureFiles = async (
  stage: Stage,
  { sizesMb, repeats }: { readonly sizesMb: readonly number[]; readonly repeats: number },
  progress: Progress,
): Promise<FileNumbers[]> => {
  const pairs = sizesMb.flatMap((sizeMb) => contenders.map((contender) => ({ contender, sizeMb })));
  const trials = await inTurns(pairs, repeats, ({ contender, sizeMb }, round) => {
    progress(`files: ${sizeMb} MB, ${contender}, ${round}`);
    return stage.trial(stage.built.modules[contender], oneFileOf(sizeMb), warmUps);
  });
  return trials.map(({ one, runs }) => ({ ...one, ...costsOfRuns(runs) }));
};

export const oneFileOf = (sizeMb: number) => ({ sizeBytes: sizeMb * mebibyte, count: 1, concurrency: 1 });

export const costsOfRuns = (runs: readonly Awaited<ReturnType<Stage['trial']>>[]) => ({
  peakBytes: summaryOf(runs.map((run) => run.peakBytes)),
  wallMs: summaryOf(runs.map((run) => run.wallMs)),
  cpuMs: summaryOf(runs.map((run) => run.cpuMs)),
});
