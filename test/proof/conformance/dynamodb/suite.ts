import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { UsageError } from '../../../../infra/command-line.ts';
import { startDynamoDb } from '../../../../infra/local/aws/dynamodb/server.ts';
import { runChecks } from '../run-checks.ts';
import type { Suite, SuiteOptions, SuiteReport } from '../suite.ts';
import type { DynamodbCheck, DynamodbContext } from './check.ts';
import { checksOfIndexes } from './checks-of-indexes.ts';
import { checksOfReads } from './checks-of-reads.ts';
import { checksOfRequests } from './checks-of-requests.ts';
import { checksOfValues } from './checks-of-values.ts';
import { checksOfWrites } from './checks-of-writes.ts';
import { knownDeviations } from './known-deviations.ts';
import { dropTable, makeTable } from './table.ts';

/** The behaviour of DynamoDB that the ledger needs, by the Amazon DynamoDB API Reference and Developer Guide. */
export const dynamodbChecks: readonly DynamodbCheck[] = [
  ...checksOfWrites,
  ...checksOfReads,
  ...checksOfValues,
  ...checksOfIndexes,
  ...checksOfRequests,
];

/** Runs on its own table, which is deleted afterwards. */
export const dynamodbSuite: Suite = {
  name: 'dynamodb',
  run: async (options) => {
    if (options.url !== undefined) return runDynamodbChecks(options.url, options);
    const server = await startDynamoDb(undefined, 0);
    try {
      return await runDynamodbChecks(server.url, { ...options, implementation: options.implementation ?? 'local' });
    } finally {
      await server.close();
    }
  },
};

export const runDynamodbChecks = async (
  url: string,
  { region, implementation, only }: SuiteOptions,
): Promise<SuiteReport> => {
  const known = implementation === undefined ? {} : knownDeviations[implementation];
  if (!known) throw new UsageError(`dynamodb/known-deviations.ts has no list "${implementation}".`);
  const context = contextFor(url, region);
  const checks = dynamodbChecks.map((check) => ({ ...check, run: () => check.run(context) }));
  try {
    await makeTable(context);
    const results = await runChecks(checks, { only, known });
    return { results, leftOver: await leftOverOf(context) };
  } finally {
    context.client.destroy();
  }
};

const leftOverOf = async (context: DynamodbContext): Promise<readonly string[]> => {
  try {
    await dropTable(context);
    return [];
  } catch (error) {
    return [`the table ${context.tableName} could not be deleted: ${String(error)}`];
  }
};

/** Credentials come from the environment, or are invented, because local servers accept any. */
const contextFor = (endpoint: string, region: string): DynamodbContext => ({
  client: new DynamoDBClient({
    endpoint,
    region,
    ...(process.env.AWS_ACCESS_KEY_ID === undefined && {
      credentials: { accessKeyId: `conformance${randomUUID().replaceAll('-', '')}`, secretAccessKey: 'local' },
    }),
  }),
  tableName: `conformance-${randomUUID()}`,
  unique: randomUUID,
});
