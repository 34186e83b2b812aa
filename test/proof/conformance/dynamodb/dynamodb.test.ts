import { expect, onTestFinished, test } from 'vitest';
import { startDynamoDb } from '../../../../infra/local/aws/dynamodb/server.ts';
import type { DynamodbCheck } from './check.ts';
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
    const { passed, failed, known } = await runDynamodbChecks({
      url: await localTableServer(subscribed),
      implementation: 'local',
    });
    expect(failed).toEqual([]);
    expect(known).toHaveLength(Object.keys(knownDeviations.local ?? {}).length);
    expect(passed.length + known.length).toBe(dynamodbChecks.length);
  },
);

test('each check has a name of its own, and each known deviation names a check', () => {
  const names = new Set(dynamodbChecks.map(({ name }) => name));
  expect(names.size).toBe(dynamodbChecks.length);
  expect(
    Object.values(knownDeviations).flatMap((list) => Object.keys(list).filter((name) => !names.has(name))),
  ).toEqual([]);
});

test('a run fails for a deviation that nobody knows, for a known one that passes now, and for one that names no check', async () => {
  const check = (name: string, run: DynamodbCheck['run']): DynamodbCheck => ({
    name,
    page: 'API Reference: PutItem',
    run,
  });
  const wrong = async () => {
    throw new Error('wrong');
  };
  const { passed, failed, known } = await runDynamodbChecks({
    url: await localTableServer(),
    checks: [
      check('good', async () => undefined),
      check('new', wrong),
      check('listed', wrong),
      check('healed', async () => undefined),
    ],
    deviations: { listed: 'It is so.', healed: 'It was so.', renamed: 'Nobody knows.' },
  });
  expect(passed.map(({ name }) => name)).toEqual(['good']);
  expect(known.map(({ name, reason }) => [name, reason])).toEqual([['listed', 'It is so.']]);
  expect(failed.map(({ name, reason }) => [name, reason])).toEqual([
    ['new', 'Error: wrong'],
    ['healed', 'A known deviation that passes now: remove it.'],
    ['renamed', 'A known deviation that names no check.'],
  ]);
});
