import { type Contender, contenders } from './contenders.ts';
import { inTurns } from './in-turns.ts';
import type { Progress } from './progress.ts';
import { cvBytes, type Stage } from './stage.ts';
import { type Summary, summaryOf } from './statistics.ts';

/** Many CVs of 300 kB, `concurrency` at a time, in one warm process. */
export interface CvNumbers {
  readonly contender: Contender;
  readonly concurrency: number;
  readonly cpuMsPerCv: Summary;
  readonly wallMsPerCv: Summary;
  readonly cvsPerSecond: Summary;
  /** Share of the time in which the garbage collector paused the program. */
  readonly gcShare: Summary;
}

export const measureCvs = async (
  stage: Stage,
  { repeats, cvs }: { readonly repeats: number; readonly cvs: { readonly count: number; readonly warmUp: number } },
  progress: Progress,
): Promise<CvNumbers[]> => {
  const pairs = [1, 10].flatMap((concurrency) => contenders.map((contender) => ({ contender, concurrency })));
  const trials = await inTurns(pairs, repeats, ({ contender, concurrency }, round) => {
    progress(`CVs: ${concurrency} at a time, ${contender}, ${round}`);
    const load = { sizeBytes: cvBytes, count: cvs.count, concurrency };
    return stage.trial(stage.built.modules[contender], load, cvs.warmUp);
  });
  return trials.map(({ one, runs }) => ({
    ...one,
    cpuMsPerCv: summaryOf(runs.map((run) => run.cpuMs / cvs.count)),
    wallMsPerCv: summaryOf(runs.map((run) => run.wallMs / cvs.count)),
    cvsPerSecond: summaryOf(runs.map((run) => (cvs.count * 1_000) / run.wallMs)),
    gcShare: summaryOf(runs.map((run) => run.gcMs / run.wallMs)),
  }));
};
