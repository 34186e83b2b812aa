import { randomUUID } from 'node:crypto';
import {
  CreateTableCommand,
  DescribeTimeToLiveCommand,
  GetItemCommand,
  QueryCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { equal } from '../expect.ts';
import { check, type DynamodbCheck, type DynamodbContext, malformed, refusal, refuses, soon } from './check.ts';
import { dropTable, makeTable, put, query, tableInput } from './table.ts';

const putItem = 'API Reference: PutItem';
const queryPage = 'API Reference: Query';
const errors = 'Developer Guide: Error handling with DynamoDB';
const ttl = 'API Reference: UpdateTimeToLive';
const conditions = 'Developer Guide: Condition and filter expressions, operators, and functions in DynamoDB';
const values = 'Developer Guide: Using expression attribute values in DynamoDB';
const capacity = 'Developer Guide: DynamoDB read and write operations';
const invalid = 'ValidationException';
const missing = 'ResourceNotFoundException';

const refusesPut = (name: string, page: string, more: Parameters<typeof put>[2]): DynamodbCheck =>
  refuses(name, page, (context, pk) => put(context, { pk: { S: pk } }, more));

/** A separate table, for checks that change the settings of the table. */
const onOwnTable =
  (check: (context: DynamodbContext) => Promise<void>) =>
  async (shared: DynamodbContext): Promise<void> => {
    const context = { ...shared, tableName: `conformance-${randomUUID()}` };
    await makeTable(context);
    try {
      await check(context);
    } finally {
      await dropTable(context);
    }
  };

const setExpiry = ({ client, tableName }: DynamodbContext, Enabled: boolean) =>
  client.send(
    new UpdateTimeToLiveCommand({
      TableName: tableName,
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled },
    }),
  );

const expiryOf = async ({ client, tableName }: DynamodbContext) =>
  (await client.send(new DescribeTimeToLiveCommand({ TableName: tableName }))).TimeToLiveDescription;

export const checksOfRequests: readonly DynamodbCheck[] = [
  check('a ValidationException is HTTP 400 with a message and a request id', errors, async (context) => {
    const { message, $metadata } = await refusal(put(context, { document: { S: '{}' } }), invalid);
    equal(
      [message.length > 0, $metadata.httpStatusCode, typeof $metadata.requestId],
      [true, 400, 'string'],
      'its parts',
    );
  }),
  refuses('a put without the key is refused', putItem, (context) => put(context, { document: { S: '{}' } })),
  refuses('a put with a key of another type is refused', putItem, (context) => put(context, { pk: { N: '1' } })),
  refuses('a get with more than the key is refused', 'API Reference: GetItem', ({ client, tableName }) =>
    client.send(new GetItemCommand({ TableName: tableName, Key: { pk: { S: 'a' }, workAt: { N: '1' } } })),
  ),
  refusesPut('a condition that cannot be parsed is refused', conditions, {
    ConditionExpression: 'attribute_not_exists(pk',
  }),
  refusesPut('a condition with a missing value is refused', values, {
    ConditionExpression: 'version = :version',
  }),
  refusesPut('a value that no expression uses is refused', values, {
    ConditionExpression: 'attribute_not_exists(pk)',
    ExpressionAttributeValues: { ':version': { N: '1' } },
  }),
  refusesPut('a put that asks for new values is refused', putItem, { ReturnValues: 'ALL_NEW' }),
  refusesPut(
    'an unknown value of ReturnValuesOnConditionCheckFailure is refused',
    putItem,
    malformed({ ReturnValuesOnConditionCheckFailure: 'ALL_NEW' }),
  ),
  check('an attribute without a type is refused', 'API Reference: AttributeValue', async (context) => {
    await refusal(put(context, { pk: { S: context.unique() }, n: malformed({}) }), invalid);
  }),
  refuses('a query without the key of its partition is refused', queryPage, ({ client, tableName }) =>
    client.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: 'everything',
        KeyConditionExpression: '#at <= :upTo',
        ExpressionAttributeNames: { '#at': 'workAt' },
        ExpressionAttributeValues: { ':upTo': { N: '1' } },
      }),
    ),
  ),
  refuses('a query of an index that does not exist is refused', queryPage, (context) =>
    query(context, 'a', { IndexName: 'no-such-index' }),
  ),
  refuses('a query with a Limit of 0 is refused', queryPage, (context) => query(context, 'a', { Limit: 0 })),
  refuses('a query whose page starts at an incomplete key is refused', queryPage, (context) =>
    query(context, 'a', { ExclusiveStartKey: { pk: { S: 'a' } } }),
  ),
  ...(
    [
      ['in another partition', 'b', 1, 'workShard = :shard AND workAt <= :bound'],
      ['above the upper bound of its range key', 'a', 3, 'workShard = :shard AND workAt <= :bound'],
      ['below the lower bound of its range key', 'a', 1, 'workShard = :shard AND workAt >= :bound'],
    ] as const
  ).map(
    ([place, shard, at, KeyConditionExpression]): DynamodbCheck => ({
      name: `a query whose page starts ${place} is refused, in both directions`,
      // The next page is requested "with the same KeyConditionExpression", so its key fits that.
      page: 'Developer Guide: Paginating table query results in DynamoDB',
      run: async (context) => {
        const begin = { pk: { S: context.unique() }, workShard: { S: shard }, workAt: { N: String(at) } };
        for (const ScanIndexForward of [true, false]) {
          const more = { KeyConditionExpression, ScanIndexForward, ExclusiveStartKey: begin };
          const ExpressionAttributeValues = { ':bound': { N: '2' } };
          await refusal(query(context, 'a', { ...more, ExpressionAttributeValues }), invalid);
        }
      },
    }),
  ),
  check('a table that does not exist is a ResourceNotFoundException, HTTP 400', errors, async (context) => {
    const nowhere = { ...context, tableName: `no-${randomUUID()}` };
    const { $metadata } = await refusal(put(nowhere, { pk: { S: 'a' } }), missing);
    equal($metadata.httpStatusCode, 400, 'the status');
    await refusal(query(nowhere, 'a'), missing);
    await refusal(context.client.send(new DescribeTimeToLiveCommand({ TableName: nowhere.tableName })), missing);
  }),
  refuses(
    'a table that exists cannot be created again',
    'API Reference: CreateTable',
    ({ client, tableName }) => client.send(new CreateTableCommand(tableInput(tableName))),
    'ResourceInUseException',
  ),
  check(
    'a write costs a unit per kilobyte for the table and for each index that contains the item',
    capacity,
    async (context) => {
      const costOf = async (attributes: Parameters<typeof put>[1]) =>
        (await put(context, attributes, { ReturnConsumedCapacity: 'TOTAL' })).ConsumedCapacity?.CapacityUnits;
      const place = { workShard: { S: context.unique() }, workAt: { N: '1' } };
      const costs = [
        await costOf({ pk: { S: context.unique() } }),
        await costOf({ pk: { S: context.unique() }, document: { S: 'x'.repeat(1024) } }),
        await costOf({ pk: { S: context.unique() }, ...place }),
        await costOf({ pk: { S: context.unique() }, ...place, document: { S: 'x'.repeat(1024) } }),
      ];
      // With the document: two units each for the table and the index with everything, one for each of the lean ones.
      equal(costs, [1, 2, 4, 6], 'the write units');
    },
  ),
  check(
    'expiry is off for a new table',
    'API Reference: DescribeTimeToLive',
    onOwnTable(async (context) => equal(await expiryOf(context), { TimeToLiveStatus: 'DISABLED' }, 'the description')),
  ),
  check(
    'expiry is switched on for one attribute, and the answer confirms it',
    ttl,
    onOwnTable(async (context) => {
      const { TimeToLiveSpecification } = await setExpiry(context, true);
      equal(TimeToLiveSpecification, { AttributeName: 'expiresAt', Enabled: true }, 'the answer');
      // DynamoDB takes up to an hour to get from ENABLING to ENABLED.
      const state = async () => {
        const { AttributeName, TimeToLiveStatus } = (await expiryOf(context)) ?? {};
        return [AttributeName, TimeToLiveStatus?.replace('ENABLING', 'ENABLED')];
      };
      await soon(state, ['expiresAt', 'ENABLED'], 'the description');
    }),
  ),
  check(
    'expiry that is on cannot be switched on again',
    ttl,
    onOwnTable(async (context) => {
      await setExpiry(context, true);
      await refusal(setExpiry(context, true), invalid);
    }),
  ),
];
