import type { CheckResult } from './run-checks.ts';

const countOf = (results: readonly CheckResult[], kind: CheckResult['kind']): number =>
  results.filter((result) => result.kind === kind).length;

/** `96 passed, 3 known deviations, 1 failed`. Skipped checks are never left out. */
export const summaryOf = (results: readonly CheckResult[]): string => {
  const known = countOf(results, 'known');
  const skipped = countOf(results, 'skipped');
  return [
    `${countOf(results, 'passed')} passed`,
    `${known} known deviation${known === 1 ? '' : 's'}`,
    `${countOf(results, 'failed')} failed`,
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ].join(', ');
};

/** One line per failed check, then the summary. */
export const reportOf = (suite: string, results: readonly CheckResult[]): string =>
  [
    ...results
      .filter(({ kind }) => kind === 'failed')
      .map((result) => `FAILED ${suite}: ${result.name} [${result.page}] ${'reason' in result ? result.reason : ''}`),
    ...skipLines(suite, results),
    `${suite}: ${summaryOf(results)}`,
  ].join('\n');

const skipLines = (suite: string, results: readonly CheckResult[]): readonly string[] => {
  const reasons = results.flatMap((result) => (result.kind === 'skipped' ? [result.reason] : []));
  return [...new Set(reasons)].map((reason) => {
    const count = reasons.filter((each) => each === reason).length;
    return `skipped ${suite}: ${count} check${count === 1 ? '' : 's'}, ${reason}`;
  });
};
