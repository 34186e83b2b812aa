import { expect, onTestFinished, test } from 'vitest';
import { s3Checks } from './s3/checks.ts';
import { type ProxyFault, startFaultyProxy } from './s3/faulty-proxy.ts';
import { startLocalS3 } from './s3/local.ts';
import { runOnLocal, s3Suite } from './s3/suite.ts';

const options = { region: 'us-east-1' };

test('the local S3 behaves as the AWS documentation says, except for its known deviations', async () => {
  const { results, leftOver } = await s3Suite.run(options);
  expect(results.filter(({ kind }) => kind === 'failed')).toEqual([]);
  expect(results).toHaveLength(s3Checks.length);
  expect(leftOver).toEqual([]);
});

test('the S3 suite has at least 200 checks, each with the title of a documentation page', () => {
  expect(s3Checks.length).toBeGreaterThanOrEqual(200);
  expect(s3Checks.filter(({ page }) => !/^(?:Amazon S3 .*|RFC \d+, )".+"/.test(page))).toEqual([]);
});

const caught: readonly [ProxyFault, string][] = [
  ['drops ETag', 'The ETag of a plain upload is its MD5 in quotes'],
  ['ignores Range', 'A range answers 206 with its bytes'],
  ['lower-cases keys', 'Keys that differ only in case are different'],
];

test.each(caught)('the S3 suite fails on a server that %s', async (fault, name) => {
  const local = await startLocalS3();
  onTestFinished(() => local.close());
  const verdictWith = async (each: ProxyFault) => {
    const proxy = await startFaultyProxy(local.url, each);
    onTestFinished(() => proxy.close());
    const { results } = await runOnLocal({ ...local, url: proxy.url }, { ...options, only: name });
    return results.map(({ kind }) => kind);
  };
  expect(await verdictWith('none')).toEqual(['passed']);
  expect(await verdictWith(fault)).toEqual(['failed']);
});
