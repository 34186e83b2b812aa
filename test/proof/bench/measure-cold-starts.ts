import { stat } from 'node:fs/promises';
import { inTurns } from './in-turns.ts';
import type { Progress } from './progress.ts';
import { cvBytes, type Stage } from './stage.ts';
import { type Summary, summaryOf } from './statistics.ts';

export interface ColdStartNumbers {
  /** A function of ours or a peer. */
  readonly name: string;
  readonly bundleBytes: number;
  /** From the start of the process until the handler can be called, including the start of Node. */
  readonly readyMs: Summary;
  readonly importMs: Summary;
  readonly importCpuMs: Summary;
  /** The first CV of the process, for handlers that deliver CVs. */
  readonly firstMs?: Summary;
}

/** Fresh processes, in turns. Measures only the import of each handler and, for handlers that deliver CVs, the first CV. */
export const measureColdStarts = async (
  stage: Stage,
  coldStarts: number,
  progress: Progress,
): Promise<ColdStartNumbers[]> => {
  const { functions, modules } = stage.built;
  const subjects = [
    ...functions.map(({ name, modulePath }) => ({ name, modulePath, carries: name === 'on-upload' })),
    { name: 'naive', modulePath: modules.naive, carries: true },
    { name: 'sdk', modulePath: modules.sdk, carries: true },
    { name: 'bare', modulePath: modules.bare, carries: false },
  ];
  const trials = await inTurns(subjects, coldStarts, ({ name, modulePath, carries }, round) => {
    progress(`cold start: ${name}, ${round}`);
    return stage.trial(modulePath, { sizeBytes: cvBytes, count: 0, concurrency: 1 }, carries ? 1 : 0);
  });
  return Promise.all(
    trials.map(async ({ one: { name, modulePath, carries }, runs }) => ({
      name,
      bundleBytes: (await stat(modulePath)).size,
      readyMs: summaryOf(runs.map((run) => run.readyMs)),
      importMs: summaryOf(runs.map((run) => run.importMs)),
      importCpuMs: summaryOf(runs.map((run) => run.importCpuMs)),
      ...(carries && { firstMs: summaryOf(runs.map((run) => run.firstMs)) }),
    })),
  );
};
