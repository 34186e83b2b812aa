import type { Progress } from './progress.ts';
import type { LoadWish, Stage } from './stage.ts';
import { type Summary, summaryOf } from './statistics.ts';
import type { TrialResult } from './trial-terms.ts';

/** What each process of a measurement does. */
export interface Subject<About> {
  /** The name of this subject in the results. */
  readonly about: About;
  readonly modulePath: string;
  readonly load: LoadWish;
  readonly warmUps: number;
}

/** How often each subject runs, and which numbers of a run are kept. */
export interface Plan<Name extends string> {
  readonly title: string;
  readonly repeats: number;
  readonly numbersOf: (run: TrialResult) => Readonly<Record<Name, number>>;
}

/** Fresh processes. All subjects take turns, so that a busy moment of the machine affects all of them. */
export const inTurns = async <About extends object, Name extends string>(
  { title, repeats, numbersOf }: Plan<Name>,
  subjects: readonly Subject<About>[],
  stage: Stage,
  progress: Progress = () => undefined,
): Promise<readonly (About & Readonly<Record<Name, Summary>>)[]> => {
  const all = subjects.map((subject) => ({ subject, runs: [] as Readonly<Record<Name, number>>[] }));
  for (let repeat = 1; repeat <= repeats; repeat += 1) {
    for (const { subject, runs } of all) {
      const { about, modulePath, load, warmUps } = subject;
      progress(`${title}: ${Object.values(about).join(', ')}, run ${repeat} of ${repeats}`);
      runs.push(numbersOf(await stage.trial(modulePath, load, warmUps)));
    }
  }
  return all.map(({ subject, runs }) => ({ ...subject.about, ...summariesOf(runs) }));
};

const summariesOf = <Name extends string>(runs: readonly Readonly<Record<Name, number>>[]) => {
  const names = Object.keys(runs[0] ?? {}) as Name[];
  return Object.fromEntries(names.map((name) => [name, summaryOf(runs.map((run) => run[name]))])) as Record<
    Name,
    Summary
  >;
};
