import { expect, onTestFinished, test } from 'vitest';
import { startDynamoDb } from '../../../../infra/local/aws/dynamodb/server.ts';
import { knownDeviations } from './known-deviations.ts';
import { dynamodbChecks, runDynamodbChecks } from './suite.ts';

const localTableServer = async (subscribed = false): Promise<string> => {
  const server = await startDynamoDb(undefined, 0);
  if (subscribed) server.onWrite(() => undefined);
  onTestFinished(server.close);
  return server.url;
};

test.each([
  ['', false],
  [' while its stream is read', true],
])(
  'the local table server behaves as the AWS documentation says%s, but for the known deviations',
  async (_, subscribed) => {
    const url = await localTableServer(subscribed);
    const { results, leftOver } = await runDynamodbChecks(url, { region: 'us-east-1', implementation: 'local' });
    expect(results.filter(({ kind }) => kind === 'failed')).toEqual([]);
    expect(results).toHaveLength(dynamodbChecks.length);
    expect(leftOver).toEqual([]);
  },
);

test('each check has a name of its own, and each known deviation names a check', () => {
  const names = new Set(dynamodbChecks.map(({ name }) => name));
  expect(names.size).toBe(dynamodbChecks.length);
  expect(
    Object.values(knownDeviations).flatMap((list) => Object.keys(list).filter((name) => !names.has(name))),
  ).toEqual([]);
});
