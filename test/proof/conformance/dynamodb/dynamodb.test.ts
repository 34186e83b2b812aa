import { expect, onTestFinished, test } from 'vitest';
import { startDynamoDb } from '../../../../infra/local/aws/dynamodb/server.ts';
import { dynamodbChecks, dynamodbSuite, runDynamodbChecks } from './suite.ts';

const options = { region: 'us-east-1', implementation: 'local' };

test('the local table server behaves as the AWS documentation says, except for its known deviations', async () => {
  const { results, leftOver } = await dynamodbSuite.run(options);
  expect(results.filter(({ kind }) => kind === 'failed')).toEqual([]);
  expect(results).toHaveLength(dynamodbChecks.length);
  expect(leftOver).toEqual([]);
});

test('the local table server refuses the same puts and deletes while its stream is read', async () => {
  const server = await startDynamoDb(undefined, 0);
  onTestFinished(server.close);
  server.onWrite(() => undefined);
  for (const only of [' put', ' delete']) {
    const { results } = await runDynamodbChecks(server.url, { ...options, only });
    expect(results.length).toBeGreaterThan(3);
    expect(results.filter(({ kind }) => kind === 'failed')).toEqual([]);
  }
});
