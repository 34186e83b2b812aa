import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { equal } from '../expect.ts';
import { check, type DynamodbCheck, type DynamodbContext, refusal, refuses, soon } from './check.ts';
import { keysOf, pagesOf, put, putAt, query } from './table.ts';

const gsi = 'Developer Guide: Using Global Secondary Indexes in DynamoDB';
const sparse = 'Developer Guide: Take advantage of sparse indexes';
const queryPage = 'API Reference: Query';
const paging = 'Developer Guide: Paginating table query results in DynamoDB';
const invalid = 'ValidationException';

/** 1.5 MB, which is more than a page, in five items. Returns their keys in order. */
const putLarge = async (context: DynamodbContext, shard: string): Promise<readonly string[]> => {
  const places = [1, 2, 3, 4, 5];
  for (const at of places)
    await put(context, {
      pk: { S: `${shard}/${at}` },
      workShard: { S: shard },
      workAt: { N: String(at) },
      document: { S: 'x'.repeat(300 * 1024) },
    });
  return places.map((at) => `${shard}/${at}`);
};

export const checksOfIndexes: readonly DynamodbCheck[] = [
  check('a query is in the order of the range key, as numbers', queryPage, async (context, shard) => {
    await putAt(context, shard, [100, 9, -5, 10, 0.5, 1_767_603_600_000]);
    const expected = [-5, 0.5, 9, 10, 100, 1_767_603_600_000].map((at) => `${shard}/${at}`);
    await soon(async () => keysOf((await query(context, shard)).Items), expected, 'the keys');
  }),
  check('a query with ScanIndexForward false is in the opposite order', queryPage, async (context, shard) => {
    await putAt(context, shard, [2, 10, 1]);
    const expected = [10, 2, 1].map((at) => `${shard}/${at}`);
    await soon(
      async () => keysOf((await query(context, shard, { ScanIndexForward: false })).Items),
      expected,
      'the keys',
    );
  }),
  check(
    'a query up to a value of the range key includes that value, in both directions',
    'Developer Guide: Key condition expressions for the Query operation in DynamoDB',
    async (context, shard) => {
      await putAt(context, shard, [1, 2, 3]);
      const upTo2 = {
        KeyConditionExpression: 'workShard = :shard AND #at <= :upTo',
        ExpressionAttributeNames: { '#at': 'workAt' },
        ExpressionAttributeValues: { ':upTo': { N: '2' } },
      };
      const forward = async () => keysOf((await query(context, shard, upTo2)).Items);
      const backward = async () => keysOf((await query(context, shard, { ...upTo2, ScanIndexForward: false })).Items);
      await soon(forward, [`${shard}/1`, `${shard}/2`], 'the keys');
      await soon(backward, [`${shard}/2`, `${shard}/1`], 'the keys backwards');
    },
  ),
  check('a query shows one partition only', gsi, async (context) => {
    const [mine, other] = [context.unique(), context.unique()];
    await putAt(context, other, [1]);
    await putAt(context, mine, [2]);
    await soon(async () => keysOf((await query(context, mine)).Items), [`${mine}/2`], 'the keys');
  }),
  check('an empty partition is an empty list without a next page', queryPage, async (context) => {
    const { Items, Count, LastEvaluatedKey } = await query(context, context.unique());
    equal([Items, Count, LastEvaluatedKey], [[], 0, undefined], 'items, count and next page');
  }),
  ...([true, false] as const).map(
    (ScanIndexForward): DynamodbCheck => ({
      name: `pages of a query hold at most Limit items, and together each item once (${ScanIndexForward ? 'forward' : 'backward'})`,
      page: paging,
      run: async (context) => {
        const shard = context.unique();
        await putAt(context, shard, [1, 2, 3, 4, 5]);
        const ordered = [1, 2, 3, 4, 5].map((at) => `${shard}/${at}`);
        const expected = ScanIndexForward ? ordered : ordered.toReversed();
        await soon(async () => keysOf((await query(context, shard, { ScanIndexForward })).Items), expected, 'the keys');
        const pages = await pagesOf(context, shard, { Limit: 2, ScanIndexForward });
        equal(
          pages.flatMap(({ Items }) => keysOf(Items)),
          expected,
          'the keys of all pages',
        );
        equal(
          pages.every(({ Items = [] }) => Items.length <= 2),
          true,
          'whether no page is longer than Limit',
        );
      },
    }),
  ),
  check('items of one range key are paged without loss', gsi, async (context, shard) => {
    const pks = ['a', 'b', 'c', 'd', 'e'].map((letter) => `${shard}/${letter}`);
    for (const pk of pks) await put(context, { pk: { S: pk }, workShard: { S: shard }, workAt: { N: '7' } });
    await soon(async () => keysOf((await query(context, shard)).Items).toSorted(), pks, 'the keys');
    const pages = await pagesOf(context, shard, { Limit: 1 });
    equal(pages.flatMap(({ Items }) => keysOf(Items)).sort(), pks, 'the keys of all pages');
  }),
  check('the next page is identified by the keys of the index and of the table', paging, async (context, shard) => {
    await putAt(context, shard, [1, 2]);
    await soon(async () => (await query(context, shard)).Count, 2, 'the count');
    const { LastEvaluatedKey } = await query(context, shard, { Limit: 1 });
    equal(
      LastEvaluatedKey,
      { pk: { S: `${shard}/1` }, workShard: { S: shard }, workAt: { N: '1' } },
      'LastEvaluatedKey',
    );
  }),
  check(
    'a page starts after the previous one even if the last item of that one was deleted',
    paging,
    async (context, shard) => {
      await putAt(context, shard, [1, 2, 3]);
      await soon(async () => (await query(context, shard)).Count, 3, 'the count');
      const { LastEvaluatedKey } = await query(context, shard, { Limit: 2 });
      await context.client.send(
        new DeleteItemCommand({ TableName: context.tableName, Key: { pk: { S: `${shard}/2` } } }),
      );
      await soon(async () => (await query(context, shard)).Count, 2, 'the count after the deletion');
      const { Items } = await query(context, shard, { ExclusiveStartKey: LastEvaluatedKey });
      equal(keysOf(Items), [`${shard}/3`], 'the keys of the next page');
    },
  ),
  check('a query stops at 1 MB and says where', paging, async (context, shard) => {
    const expected = await putLarge(context, shard);
    const keys = async () => (await pagesOf(context, shard, {})).flatMap(({ Items }) => keysOf(Items));
    await soon(keys, expected, 'the keys of all pages');
    equal((await pagesOf(context, shard, {})).length > 1, true, 'whether there is more than one page');
  }),
  check(
    'the size of a page counts the entries of the index, not the items of the table',
    gsi,
    async (context, shard) => {
      const expected = await putLarge(context, shard);
      await soon(async () => keysOf((await query(context, shard, { IndexName: 'keys' })).Items), expected, 'the keys');
    },
  ),
  check('Select COUNT counts without items', queryPage, async (context, shard) => {
    await putAt(context, shard, [1, 2, 3]);
    const count = async () => {
      const { Count, Items } = await query(context, shard, { Select: 'COUNT' });
      return [Count, Items];
    };
    await soon(count, [3, undefined], 'count and items');
  }),
  check('an item without one of the keys of an index is not in it', sparse, async (context, shard) => {
    await put(context, { pk: { S: `${shard}/no-range` }, workShard: { S: shard } });
    await putAt(context, shard, [1]);
    await soon(async () => keysOf((await query(context, shard)).Items), [`${shard}/1`], 'the keys');
  }),
  check('an item enters an index with its keys, moves with them, and leaves with them', sparse, async (context) => {
    const [first, second, pk] = [context.unique(), context.unique(), context.unique()];
    const shown = async () => [
      keysOf((await query(context, first)).Items),
      keysOf((await query(context, second)).Items),
    ];
    await put(context, { pk: { S: pk } });
    await soon(shown, [[], []], 'the keys before');
    await put(context, { pk: { S: pk }, workShard: { S: first }, workAt: { N: '1' } });
    await soon(shown, [[pk], []], 'the keys after it entered');
    await put(context, { pk: { S: pk }, workShard: { S: second }, workAt: { N: '1' } });
    await soon(shown, [[], [pk]], 'the keys after it moved');
    await put(context, { pk: { S: pk } });
    await soon(shown, [[], []], 'the keys after it left');
  }),
  check('a deleted item leaves the index', gsi, async (context, shard) => {
    await putAt(context, shard, [1]);
    await soon(async () => (await query(context, shard)).Count, 1, 'the count');
    await context.client.send(
      new DeleteItemCommand({ TableName: context.tableName, Key: { pk: { S: `${shard}/1` } } }),
    );
    await soon(async () => (await query(context, shard)).Count, 0, 'the count');
  }),
  ...(
    [
      ['everything', 'ALL has every attribute', ['code', 'document', 'pk', 'workAt', 'workShard']],
      ['keys', 'KEYS_ONLY has the keys of the index and of the table', ['pk', 'workAt', 'workShard']],
      ['some', 'INCLUDE has the keys and the named attributes', ['code', 'pk', 'workAt', 'workShard']],
    ] as const
  ).map(
    ([IndexName, title, expected]): DynamodbCheck => ({
      name: `the projection ${title}`,
      page: 'API Reference: Projection',
      run: async (context) => {
        const shard = context.unique();
        await put(context, {
          pk: { S: shard },
          workShard: { S: shard },
          workAt: { N: '1' },
          code: { S: 'X' },
          document: { S: '{}' },
        });
        const names = async () => Object.keys((await query(context, shard, { IndexName })).Items?.[0] ?? {}).sort();
        await soon(names, expected, 'the attributes');
      },
    }),
  ),
  refuses('a query cannot fetch attributes that are not in its global index', gsi, (context) =>
    query(context, context.unique(), { IndexName: 'keys', ProjectionExpression: 'document' }),
  ),
  refuses('a consistent read of a global index is refused', 'Developer Guide: DynamoDB read consistency', (context) =>
    query(context, context.unique(), { ConsistentRead: true }),
  ),
  check('the attribute of an index key has the type of the key, or the put is refused', gsi, async (context) => {
    const pk = { S: context.unique() };
    await refusal(put(context, { pk, workShard: { S: 's' }, workAt: { S: '1' } }), invalid);
    await refusal(put(context, { pk, workShard: { N: '1' }, workAt: { N: '1' } }), invalid);
  }),
];
