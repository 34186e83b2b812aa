import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamodbCheck, DynamodbContext } from './check.ts';
import { checksOfIndexes } from './checks-of-indexes.ts';
import { checksOfReads } from './checks-of-reads.ts';
import { checksOfRequests } from './checks-of-requests.ts';
import { checksOfValues } from './checks-of-values.ts';
import { checksOfWrites } from './checks-of-writes.ts';
import { knownDeviations } from './known-deviations.ts';
import { dropTable, makeTable } from './table.ts';

/** What the ledger needs of a table, as the Amazon DynamoDB API Reference and Developer Guide state it. */
export const dynamodbChecks: readonly DynamodbCheck[] = [
  ...checksOfWrites,
  ...checksOfReads,
  ...checksOfValues,
  ...checksOfIndexes,
  ...checksOfRequests,
];

export interface CheckResult {
  readonly name: string;
  readonly page: string;
  /** Why it failed, or why it is known to. */
  readonly reason?: string;
}

export interface DynamodbReport {
  readonly passed: readonly CheckResult[];
  readonly failed: readonly CheckResult[];
  readonly known: readonly CheckResult[];
}

export interface DynamodbRun {
  readonly url: string;
  /** Only the checks with this text in their names. */
  readonly only?: string | undefined;
  /** Whose known deviations are accepted. */
  readonly implementation?: string | undefined;
  readonly checks?: readonly DynamodbCheck[];
  readonly deviations?: Readonly<Record<string, string>>;
}

const parallelChecks = 4;

/**
 * Runs the checks on a table of their own, which is deleted afterwards.
 * Credentials and region come from the environment, or are made up: local servers take any.
 */
export const runDynamodbChecks = async ({
  url,
  only,
  implementation,
  checks = dynamodbChecks,
  deviations = knownDeviations[implementation ?? ''] ?? {},
}: DynamodbRun): Promise<DynamodbReport> => {
  const context = contextFor(url);
  const report = { passed: [] as CheckResult[], failed: [] as CheckResult[], known: [] as CheckResult[] };
  const waiting = checks.filter(({ name }) => only === undefined || name.includes(only));
  const work = async (): Promise<void> => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const { name, page } = check;
      const failure = await failureOf(check, context);
      const reason = deviations[name];
      if (failure !== undefined && reason !== undefined) report.known.push({ name, page, reason });
      else if (failure !== undefined) report.failed.push({ name, page, reason: failure });
      else if (reason !== undefined)
        report.failed.push({ name, page, reason: 'A known deviation that passes now: remove it.' });
      else report.passed.push({ name, page });
    }
  };
  try {
    await makeTable(context);
    await Promise.all(Array.from({ length: parallelChecks }, work));
    await dropTable(context);
  } finally {
    context.client.destroy();
  }
  for (const name of Object.keys(deviations))
    if (only === undefined && !checks.some((check) => check.name === name))
      report.failed.push({ name, page: 'known-deviations.ts', reason: 'A known deviation that names no check.' });
  return report;
};

const contextFor = (endpoint: string): DynamodbContext => ({
  client: new DynamoDBClient({
    endpoint,
    region: process.env.AWS_REGION ?? 'us-east-1',
    ...(process.env.AWS_ACCESS_KEY_ID === undefined && {
      credentials: { accessKeyId: `conformance${randomUUID().replaceAll('-', '')}`, secretAccessKey: 'local' },
    }),
  }),
  tableName: `conformance-${randomUUID()}`,
  unique: randomUUID,
});

const failureOf = async (check: DynamodbCheck, context: DynamodbContext): Promise<string | undefined> => {
  try {
    await check.run(context);
    return undefined;
  } catch (error) {
    return error instanceof Error
      ? `${error.name}: ${error.message}`.replaceAll(/\s+/g, ' ').slice(0, 300)
      : String(error);
  }
};
