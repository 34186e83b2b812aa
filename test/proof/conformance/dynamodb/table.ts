import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  GetItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import type { Attributes, DynamodbContext } from './check.ts';

const index = (
  IndexName: string,
  Projection: { ProjectionType: 'ALL' | 'KEYS_ONLY' | 'INCLUDE'; NonKeyAttributes?: string[] },
) => ({
  IndexName,
  KeySchema: [
    { AttributeName: 'workShard', KeyType: 'HASH' as const },
    { AttributeName: 'workAt', KeyType: 'RANGE' as const },
  ],
  Projection,
});

/** The keys of the ledger's table, and an index with each projection. */
export const tableInput = (TableName: string): CreateTableCommandInput => ({
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'workShard', AttributeType: 'S' },
    { AttributeName: 'workAt', AttributeType: 'N' },
  ],
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  GlobalSecondaryIndexes: [
    index('everything', { ProjectionType: 'ALL' }),
    index('keys', { ProjectionType: 'KEYS_ONLY' }),
    index('some', { ProjectionType: 'INCLUDE', NonKeyAttributes: ['code'] }),
  ],
});

const maxCreationSeconds = 60;

export const makeTable = async ({ client, tableName }: DynamodbContext): Promise<void> => {
  await client.send(new CreateTableCommand(tableInput(tableName)));
  await waitUntilTableExists(
    { client, maxWaitTime: maxCreationSeconds, minDelay: 1, maxDelay: 2 },
    { TableName: tableName },
  );
};

export const dropTable = async ({ client, tableName }: DynamodbContext): Promise<void> => {
  await client.send(new DeleteTableCommand({ TableName: tableName }));
};

export const put = (context: DynamodbContext, Item: Attributes, more: Partial<PutItemCommandInput> = {}) =>
  context.client.send(new PutItemCommand({ TableName: context.tableName, Item, ...more }));

export const read = async (context: DynamodbContext, pk: string): Promise<Attributes | undefined> =>
  (
    await context.client.send(
      new GetItemCommand({ TableName: context.tableName, Key: { pk: { S: pk } }, ConsistentRead: true }),
    )
  ).Item;

/** One page of an index, of one partition. */
export const query = (
  context: DynamodbContext,
  shard: string,
  more: Partial<QueryCommandInput> = {},
): Promise<QueryCommandOutput> =>
  context.client.send(
    new QueryCommand({
      TableName: context.tableName,
      IndexName: 'everything',
      KeyConditionExpression: 'workShard = :shard',
      ...more,
      ExpressionAttributeValues: { ':shard': { S: shard }, ...more.ExpressionAttributeValues },
    }),
  );

export const keysOf = (items: readonly Attributes[] | undefined): readonly (string | undefined)[] =>
  (items ?? []).map(({ pk }) => pk?.S);

/** All pages of a query. */
export const pagesOf = async (
  context: DynamodbContext,
  shard: string,
  more: Partial<QueryCommandInput>,
): Promise<readonly QueryCommandOutput[]> => {
  const pages: QueryCommandOutput[] = [];
  let start: Attributes | undefined;
  do {
    const page = await query(context, shard, { ...more, ...(start && { ExclusiveStartKey: start }) });
    pages.push(page);
    start = page.LastEvaluatedKey;
  } while (start);
  return pages;
};

/** Puts items into one partition of the indexes, as `<shard>/<at>`. Does not wait until the indexes show them. */
export const putAt = async (context: DynamodbContext, shard: string, places: readonly number[]): Promise<void> => {
  await Promise.all(
    places.map((at) =>
      put(context, { pk: { S: `${shard}/${at}` }, workShard: { S: shard }, workAt: { N: String(at) } }),
    ),
  );
};
