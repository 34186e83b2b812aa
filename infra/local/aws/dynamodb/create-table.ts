import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceInUseException,
  ResourceNotFoundException,
  type TableDescription,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { parse } from 'yaml';

/** The table's only definition; the deployed one is made from the same file. */
const definitionFile = path.join(import.meta.dirname, '..', '..', '..', 'resources', 'table.yml');

export type TableDefinition = Omit<CreateTableCommandInput, 'TableName'>;

const attribute = v.object({ AttributeName: v.string(), AttributeType: v.picklist(['S', 'N', 'B']) });
const key = v.object({ AttributeName: v.string(), KeyType: v.picklist(['HASH', 'RANGE']) });
const index = v.object({
  IndexName: v.string(),
  KeySchema: v.array(key),
  Projection: v.object({ ProjectionType: v.picklist(['ALL', 'KEYS_ONLY', 'INCLUDE']) }),
});

/**
 * What CreateTable takes of the template's properties. Expiry, backups and encryption are calls of their own in AWS,
 * and nothing that a local store knows.
 */
const properties = v.object({
  AttributeDefinitions: v.array(attribute),
  KeySchema: v.array(key),
  GlobalSecondaryIndexes: v.optional(v.array(index), []),
});

const template = v.object({ Resources: v.record(v.string(), v.looseObject({ Type: v.string() })) });

/**
 * The table of a CloudFormation file as CreateTable wants it.
 * Short forms such as !Ref and !Sub are read as the plain values behind them: no key or index depends on them.
 * @throws when the file holds no table, more than one, or one that is not whole.
 */
export const tableDefinition = (yaml: string): TableDefinition => {
  const { Resources } = v.parse(template, parse(yaml, { logLevel: 'error' }));
  const tables = Object.values(Resources).filter(({ Type }) => Type === 'AWS::DynamoDB::Table');
  const [table] = tables;
  if (!table || tables.length > 1) throw new Error(`Expected one AWS::DynamoDB::Table, found ${tables.length}.`);
  const parsed = v.safeParse(properties, table.Properties);
  if (parsed.success) return { ...parsed.output, BillingMode: 'PAY_PER_REQUEST' };
  throw new Error(`The table's definition is not whole: look at Properties.${v.getDotPath(parsed.issues[0]) ?? ''}.`);
};

/** Local tables appear in milliseconds. */
const longestWaitSeconds = 10;

/**
 * Makes the ledger's table, or finds it from an earlier run, and waits until it can be used.
 * @throws when a table of that name has other keys or indexes, as one that an older version made.
 */
export const createTable = async (client: DynamoDBClient, tableName: string): Promise<'created' | 'existed'> => {
  const definition = tableDefinition(await readFile(definitionFile, 'utf8'));
  const before = await describe(client, tableName);
  if (!before) {
    try {
      await client.send(new CreateTableCommand({ TableName: tableName, ...definition }));
    } catch (error) {
      // Somebody else made it at the same moment.
      if (!(error instanceof ResourceInUseException)) throw error;
    }
  } else if (layoutOf(before) !== layoutOf(definition)) {
    throw new Error(`The table ${tableName} was made by another version. Start with --fresh, or delete it.`);
  }
  await waitUntilTableExists(
    { client, maxWaitTime: longestWaitSeconds, minDelay: 1, maxDelay: 1 },
    { TableName: tableName },
  );
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

/** Keys and indexes as one text, whatever order a store tells them in. */
const layoutOf = ({ KeySchema, GlobalSecondaryIndexes }: TableDescription | TableDefinition): string => {
  const keys = (schema: typeof KeySchema): string[] =>
    (schema ?? []).map(({ AttributeName, KeyType }) => `${KeyType} ${AttributeName}`).sort();
  const indexes = (GlobalSecondaryIndexes ?? []).map(({ IndexName, KeySchema: own }) =>
    [IndexName, ...keys(own)].join(),
  );
  return [...keys(KeySchema), ...indexes.sort()].join('; ');
};
