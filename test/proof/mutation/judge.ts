import type { Equivalent } from './equivalents.ts';

/** One change of the product's code, and the result of the tests. */
export interface Mutant {
  readonly file: string;
  readonly line: number;
  /** The source line in which it starts, without indentation. */
  readonly source: string;
  readonly mutator: string;
  readonly original: string;
  readonly replacement: string;
  /** Stryker's status: Killed, Timeout, Survived, NoCoverage, RuntimeError, ... */
  readonly status: string;
  readonly testsCompleted: number | undefined;
}

export interface Judgement {
  readonly killed: number;
  readonly justified: number;
  /** Changes that no test noticed and no entry explains. */
  readonly survived: readonly Mutant[];
  /** Reported as survived by a run without any test, which proves nothing. */
  readonly notMeasured: readonly Mutant[];
  /** Entries that explain no survivor of these files: the code or a test has changed since. */
  readonly stale: readonly Equivalent[];
}

/** RuntimeError: a test file could not be loaded, which would also fail a run of the tests. */
const noticed: ReadonlySet<string> = new Set(['Killed', 'Timeout', 'RuntimeError']);

/** The result of all mutants of a group, some of which `equivalents` may explain. Pure. */
export const judge = (mutants: readonly Mutant[], equivalents: readonly Equivalent[]): Judgement => {
  const killed = mutants.filter(({ status }) => noticed.has(status));
  const left = mutants.filter(({ status }) => status === 'Survived' || status === 'NoCoverage');
  const isExplained = (mutant: Mutant): boolean => equivalents.some((entry) => explains(entry, mutant));
  const files = new Set(mutants.map(({ file }) => file));
  return {
    killed: killed.length,
    justified: left.filter(isExplained).length,
    survived: left.filter((mutant) => !isExplained(mutant)),
    notMeasured: left.filter(({ status, testsCompleted }) => status === 'Survived' && !testsCompleted),
    stale: equivalents.filter((entry) => files.has(entry.file) && !left.some((mutant) => explains(entry, mutant))),
  };
};

/** The minimum of mutants that are noticed or explained, in percent. */
export const leastScore = 95;

const percentOf = (part: number, { killed, justified, survived }: Judgement): number =>
  (100 * part) / (killed + justified + survived.length);

export const isEnough = (judgement: Judgement): boolean =>
  percentOf(judgement.killed + judgement.justified, judgement) >= leastScore &&
  judgement.notMeasured.length === 0 &&
  judgement.stale.length === 0;

export const report = (name: string, judgement: Judgement, seconds: number): string => {
  const { killed, justified, survived, notMeasured, stale } = judgement;
  const percent = percentOf(killed, judgement).toFixed(1);
  return [
    `${name}: ${percent} % noticed (${killed}), ${justified} explained, ${survived.length} neither, ${seconds} s`,
    ...survived.map(describeMutant),
    ...notMeasured.map((mutant) => `  NOT MEASURED, no test ran:${describeMutant(mutant)}`),
    ...stale.map((entry) => `  NO LONGER EXPLAINS ANYTHING: ${entry.file}: ${entry.original} -> ${entry.replacement}`),
  ].join('\n');
};

const describeMutant = ({ file, line, mutator, original, replacement, status }: Mutant): string =>
  `  ${file}:${line} ${status} ${mutator}: ${original} -> ${replacement}`;

const explains = (entry: Equivalent, mutant: Mutant): boolean =>
  entry.file === mutant.file &&
  (entry.in === undefined || mutant.source.includes(entry.in)) &&
  entry.mutator === mutant.mutator &&
  entry.original === mutant.original &&
  entry.replacement === mutant.replacement;
