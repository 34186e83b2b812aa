import { expect, test } from 'vitest';
import type { Equivalent } from './equivalents.ts';
import { isEnough, judge, type Mutant, report } from './judge.ts';

const mutant: Mutant = {
  file: 'lib/a.ts',
  line: 3,
  source: 'if (count > 0) return first;',
  mutator: 'EqualityOperator',
  original: 'count > 0',
  replacement: 'count >= 0',
  status: 'Survived',
  testsCompleted: 4,
};
const killed: Mutant = { ...mutant, status: 'Killed' };
const explained: Equivalent = {
  file: 'lib/a.ts',
  in: 'return first',
  mutator: 'EqualityOperator',
  original: 'count > 0',
  replacement: 'count >= 0',
  reason: 'A count is never 0 here.',
};
const times = (count: number): Mutant[] => Array.from({ length: count }, () => killed);

test('a mutant that no test notices is reported with its place, and 95 % must be noticed', () => {
  const judgement = judge([...times(18), mutant], []);
  expect(report('a', judgement, 7)).toBe(
    'a: 94.7 % noticed (18), 0 explained, 1 neither, 7 s\n' +
      '  lib/a.ts:3 Survived EqualityOperator: count > 0 -> count >= 0',
  );
  expect(isEnough(judgement)).toBe(false);
  expect(isEnough(judge([...times(19), mutant], []))).toBe(true);
});

test('a mutant that an entry explains need not be noticed', () => {
  const judgement = judge([mutant], [explained]);
  expect(judgement).toMatchObject({ killed: 0, justified: 1, survived: [], stale: [] });
  expect(isEnough(judgement)).toBe(true);
});

test.each([
  ['another file', { file: 'lib/b.ts' }],
  ['another line', { in: 'return last' }],
  ['another mutator', { mutator: 'ConditionalExpression' }],
  ['another original', { original: 'count > 1' }],
  ['another replacement', { replacement: 'count <= 0' }],
])('an entry does not explain a mutant of %s', (_, change) => {
  expect(judge([mutant], [{ ...explained, ...change }]).survived).toEqual([mutant]);
});

test('an entry that no longer explains a surviving mutant fails the run', () => {
  expect(isEnough(judge(times(100), [explained]))).toBe(false);
  expect(isEnough(judge(times(100), [{ ...explained, file: 'lib/b.ts' }]))).toBe(true);
});

test('a mutant that survived a run without tests fails the run, because it was not measured', () => {
  expect(isEnough(judge([...times(100), { ...mutant, testsCompleted: 0 }], []))).toBe(false);
});

test('a mutant counts as noticed when it loops endlessly or breaks the loading of a test file, but not when no test reaches it', () => {
  const all = ['Timeout', 'NoCoverage', 'RuntimeError'].map((status) => ({ ...mutant, status }));
  expect(judge(all, [])).toMatchObject({ killed: 2, survived: [{ status: 'NoCoverage' }] });
});
