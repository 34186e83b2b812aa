import { BatchGetItemCommand, type BatchGetItemCommandOutput, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { equal } from '../expect.ts';
import { check, type DynamodbCheck, type DynamodbContext, refusal, refuses } from './check.ts';
import { keysOf, put, read } from './table.ts';

const getItem = 'API Reference: GetItem';
const batchGetItem = 'API Reference: BatchGetItem';
const names = 'Developer Guide: Expression attribute names (aliases) in DynamoDB';
const invalid = 'ValidationException';

const getBatch = (context: DynamodbContext, pks: readonly string[]): Promise<BatchGetItemCommandOutput> =>
  context.client.send(
    new BatchGetItemCommand({
      RequestItems: { [context.tableName]: { Keys: pks.map((pk) => ({ pk: { S: pk } })), ConsistentRead: true } },
    }),
  );

const putNumbered = async (context: DynamodbContext, count: number, document: string): Promise<readonly string[]> => {
  const prefix = context.unique();
  const pks = Array.from({ length: count }, (_, at) => `${prefix}/${at}`);
  for (let at = 0; at < count; at += 10)
    await Promise.all(pks.slice(at, at + 10).map((pk) => put(context, { pk: { S: pk }, document: { S: document } })));
  return pks;
};

const get = (context: DynamodbContext, pk: string, more: object) =>
  context.client.send(new GetItemCommand({ TableName: context.tableName, Key: { pk: { S: pk } }, ...more }));

export const checksOfReads: readonly DynamodbCheck[] = [
  check(
    'a consistent read shows each write immediately',
    'Developer Guide: DynamoDB read consistency',
    async (context, pk) => {
      for (let version = 1; version <= 20; version += 1) {
        await put(context, { pk: { S: pk }, version: { N: String(version) } });
        equal((await read(context, pk))?.version?.N, String(version), 'the version');
      }
    },
  ),
  check('a get of an absent item has no Item', getItem, async (context) =>
    equal(await read(context, context.unique()), undefined, 'the item'),
  ),
  check('reserved words are usable as #names', names, async (context, pk) => {
    await put(context, { pk: { S: pk }, owner: { S: 'A' }, status: { S: 'held' }, code: { S: 'X' } });
    const { Item } = await get(context, pk, {
      ProjectionExpression: '#owner, #status',
      ExpressionAttributeNames: { '#owner': 'owner', '#status': 'status' },
    });
    equal(Item, { owner: { S: 'A' }, status: { S: 'held' } }, 'the item');
  }),
  refuses('a reserved word without a #name is refused', 'Developer Guide: Reserved words in DynamoDB', (context) =>
    get(context, context.unique(), { ProjectionExpression: 'status' }),
  ),
  refuses('a #name that no expression uses is refused', names, (context) =>
    get(context, context.unique(), {
      ProjectionExpression: 'pk',
      ExpressionAttributeNames: { '#status': 'status' },
    }),
  ),
  check(
    'a batch of a hundred keys gives the items that exist, and leaves absent ones out',
    batchGetItem,
    async (context) => {
      const there = await putNumbered(context, 60, 'x');
      const asked = [...there, ...Array.from({ length: 40 }, () => context.unique())];
      const found: (string | undefined)[] = [];
      for (let left = asked; left.length > 0; ) {
        const { Responses, UnprocessedKeys } = await getBatch(context, left);
        found.push(...keysOf(Responses?.[context.tableName]));
        left = keysOf(UnprocessedKeys?.[context.tableName]?.Keys).filter((pk) => pk !== undefined);
      }
      equal(found.sort(), [...there].sort(), 'the keys found');
    },
  ),
  refuses('a batch of more than a hundred keys is refused', batchGetItem, (context) =>
    getBatch(
      context,
      Array.from({ length: 101 }, () => context.unique()),
    ),
  ),
  check('a batch that names a key twice is refused', batchGetItem, async (context, pk) => {
    await refusal(getBatch(context, [pk, pk]), invalid);
  }),
  refuses('a batch without keys is refused', batchGetItem, (context) => getBatch(context, [])),
  check(
    'a batch of over 16 MB leaves keys unprocessed, each requested and not answered',
    batchGetItem,
    async (context) => {
      const asked = await putNumbered(context, 45, 'x'.repeat(390 * 1024));
      const { Responses, UnprocessedKeys } = await getBatch(context, asked);
      const answered = keysOf(Responses?.[context.tableName]);
      const left = keysOf(UnprocessedKeys?.[context.tableName]?.Keys);
      equal(left.length > 0, true, 'whether keys are unprocessed');
      equal([...answered, ...left].sort(), [...asked].sort(), 'the keys answered and unprocessed');
    },
  ),
  check('unprocessed keys of a batch keep the request for a consistent read', batchGetItem, async (context) => {
    const asked = await putNumbered(context, 45, 'x'.repeat(390 * 1024));
    const { UnprocessedKeys } = await getBatch(context, asked);
    equal(UnprocessedKeys?.[context.tableName]?.ConsistentRead, true, 'ConsistentRead');
  }),
];
