import { expect, test } from 'vitest';
import { s3Checks } from './s3/checks.ts';
import { s3Suite } from './s3/suite.ts';

test('the local S3 behaves as the AWS documentation says, except for its known deviations', async () => {
  const { results, leftOver } = await s3Suite.run({ region: 'us-east-1' });
  expect(results.filter(({ kind }) => kind === 'failed')).toEqual([]);
  expect(results).toHaveLength(s3Checks.length);
  expect(leftOver).toEqual([]);
});

test('the S3 suite has at least 200 checks, each with the title of a documentation page', () => {
  expect(s3Checks.length).toBeGreaterThanOrEqual(200);
  expect(s3Checks.filter(({ page }) => !/^(?:Amazon S3 .*|RFC \d+, )".+"/.test(page))).toEqual([]);
});
