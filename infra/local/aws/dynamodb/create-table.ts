import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  ResourceInUseException,
  ResourceNotFoundException,
  type TableDescription,
  type TimeToLiveSpecification,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { parseTableDefinition, type TableDefinition } from './table-definition.ts';

/** The only definition of the table: the deployed table is created from the same file. */
const definitionFile = path.join(import.meta.dirname, '..', '..', '..', 'resources', 'table.yml');

export const tableDefinition = async (): Promise<TableDefinition> =>
  parseTableDefinition(await readFile(definitionFile, 'utf8'));

/** Local tables are ready within milliseconds. */
const maxWaitSeconds = 10;

/**
 * Creates the ledger table, or reuses one from an earlier run, and waits until it is ready.
 * @throws when a table with this name has different keys or indexes, for example because an older version created it.
 */
export const createTable = async (client: DynamoDBClient, tableName: string): Promise<'created' | 'existed'> => {
  const { TimeToLiveSpecification: expiry, ...definition } = await tableDefinition();
  const before = await describe(client, tableName);
  if (!before) {
    try {
      await client.send(new CreateTableCommand({ TableName: tableName, ...definition }));
    } catch (error) {
      // Another caller created it at the same moment.
      if (!(error instanceof ResourceInUseException)) throw error;
    }
  } else if (layoutOf(before) !== layoutOf(definition)) {
    throw new Error(`The table ${tableName} was created by another version. Start with --fresh, or delete it.`);
  }
  await waitUntilTableExists(
    { client, maxWaitTime: maxWaitSeconds, minDelay: 1, maxDelay: 1 },
    { TableName: tableName },
  );
  if (expiry?.Enabled) await switchExpiryOn(client, tableName, expiry);
  return before ? 'existed' : 'created';
};

const describe = async (client: DynamoDBClient, tableName: string): Promise<TableDescription | undefined> => {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: tableName }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
};

const switchExpiryOn = async (
  client: DynamoDBClient,
  tableName: string,
  expiry: TimeToLiveSpecification,
): Promise<void> => {
  const isOn = async (): Promise<boolean> => {
    const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName: tableName }));
    return TimeToLiveDescription?.TimeToLiveStatus === 'ENABLED';
  };
  if (await isOn()) return;
  try {
    await client.send(new UpdateTimeToLiveCommand({ TableName: tableName, TimeToLiveSpecification: expiry }));
  } catch (error) {
    // Another caller enabled it at the same moment.
    if (!(await isOn())) throw error;
  }
};

/** The keys, indexes and projections as one text, sorted, because the store may return them in any order. */
const layoutOf = ({
  KeySchema,
  GlobalSecondaryIndexes,
}: TableDescription | Pick<TableDefinition, 'KeySchema' | 'GlobalSecondaryIndexes'>): string => {
  const keys = (schema: typeof KeySchema): string[] =>
    (schema ?? []).map(({ AttributeName, KeyType }) => `${KeyType} ${AttributeName}`).sort();
  const indexes = (GlobalSecondaryIndexes ?? []).map(({ IndexName, KeySchema: own, Projection }) =>
    [IndexName, ...keys(own), Projection?.ProjectionType, ...(Projection?.NonKeyAttributes ?? []).toSorted()].join(),
  );
  return [...keys(KeySchema), ...indexes.sort()].join('; ');
};
