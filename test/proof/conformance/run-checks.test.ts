import { expect, test } from 'vitest';
import { Mismatch, type PreparedCheck } from './check.ts';
import { equal } from './expect.ts';
import { readOptions } from './options.ts';
import { reportOf } from './report.ts';
import { runChecks } from './run-checks.ts';

const passing: PreparedCheck = { name: 'good', page: 'Page A', run: async () => undefined };
const failing: PreparedCheck = {
  name: 'bad',
  page: 'Page B',
  run: async () => {
    throw new Mismatch('status: expected 200, got 500');
  },
};

test('a failed conformance check is reported in one line with its page and reason, and counted in the summary', async () => {
  expect(reportOf('s3', await runChecks([passing, failing], { known: {} }))).toBe(
    'FAILED s3: bad [Page B] status: expected 200, got 500\ns3: 1 passed, 0 known deviations, 1 failed',
  );
});

test('a conformance check whose failure is listed counts as a known deviation', async () => {
  const results = await runChecks([passing, failing], { known: { bad: 'It cannot.' } });
  expect(reportOf('s3', results)).toBe('s3: 1 passed, 1 known deviation, 0 failed');
});

test('a listed deviation that no longer deviates fails', async () => {
  const [result] = await runChecks([passing], { known: { good: 'It could not.' } });
  expect(result).toMatchObject({ name: 'good', kind: 'failed' });
});

test('a listed deviation that names no check fails, unless only some checks run', async () => {
  const known = { renamed: 'It cannot.' };
  expect(await runChecks([passing], { known })).toMatchObject([
    { kind: 'passed' },
    { name: 'renamed', kind: 'failed' },
  ]);
  expect(await runChecks([passing], { known, only: 'goo' })).toMatchObject([{ kind: 'passed' }]);
});

test('a skipped conformance check is counted, and reported with its reason', async () => {
  const skipped = { ...passing, name: 'other', skip: 'because its buckets have no versions' };
  expect(reportOf('s3', await runChecks([passing, skipped], { known: {} }))).toBe(
    'skipped s3: 1 check, because its buckets have no versions\ns3: 1 passed, 0 known deviations, 0 failed, 1 skipped',
  );
});

test('a conformance check that never ends fails at its timeout, and the others continue', async () => {
  const endless = { ...passing, name: 'endless', run: () => new Promise<void>(() => undefined) };
  const results = await runChecks([endless, passing], { known: {}, timeoutMs: 20, parallel: 1 });
  expect(results).toMatchObject([{ kind: 'failed', reason: 'not finished after 0.02 s' }, { kind: 'passed' }]);
});

test('a mismatch is reported in one line, however long the values are', () => {
  expect(() => equal('a\nb', 'c', 'body')).toThrow('body: expected "c", got "a\\nb"');
  const message = (() => {
    try {
      equal(Buffer.alloc(10_000, 'x'), 'c', 'body');
    } catch (error) {
      return (error as Error).message;
    }
    return '';
  })();
  expect(message.length).toBeLessThan(250);
});

test.each([
  [['--s3', 'localhost'], '--s3 "localhost" is not a URL.'],
  [['--bucket-versioning', 'maybe'], '--bucket-versioning "maybe" is neither on nor off.'],
])('npm run conformance refuses the options %j', (args, message) => {
  expect(() => readOptions(args)).toThrow(message);
});
