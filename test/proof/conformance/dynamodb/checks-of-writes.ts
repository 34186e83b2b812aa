import { DeleteItemCommand, type DeleteItemCommandInput } from '@aws-sdk/client-dynamodb';
import { equal } from '../expect.ts';
import { check, type DynamodbCheck, type DynamodbContext, refusal } from './check.ts';
import { put, read } from './table.ts';

const putItem = 'API Reference: PutItem';
const deleteItem = 'API Reference: DeleteItem';
const conditions = 'Developer Guide: Condition and filter expressions, operators, and functions in DynamoDB';
const refused = 'ConditionalCheckFailedException';

const absent = { ConditionExpression: 'attribute_not_exists(pk)' } as const;
const onVersion = (version: string) => ({
  ConditionExpression: '#version = :version',
  ExpressionAttributeNames: { '#version': 'version' },
  ExpressionAttributeValues: { ':version': { N: version } },
});
/** The condition with which the ledger changes an item that was edited by hand. */
const withoutVersion = {
  ConditionExpression: 'attribute_exists(pk) AND NOT attribute_type(#version, :number)',
  ExpressionAttributeNames: { '#version': 'version' },
  ExpressionAttributeValues: { ':number': { S: 'N' } },
};
const telling = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;

const remove = (context: DynamodbContext, pk: string, more: Partial<DeleteItemCommandInput> = {}) =>
  context.client.send(new DeleteItemCommand({ TableName: context.tableName, Key: { pk: { S: pk } }, ...more }));

const itemOf = (pk: string, version: number) => ({ pk: { S: pk }, version: { N: String(version) } });

/** Starts each check with one item of version 1. */
const onItem =
  (check: (context: DynamodbContext, pk: string) => Promise<void>) =>
  async (context: DynamodbContext): Promise<void> => {
    const pk = context.unique();
    await put(context, itemOf(pk, 1));
    await check(context, pk);
  };

const concurrentWriters = 20;

export const checksOfWrites: readonly DynamodbCheck[] = [
  check('attribute_not_exists accepts a put of an absent item', conditions, async (context, pk) => {
    await put(context, itemOf(pk, 1), absent);
    equal(await read(context, pk), itemOf(pk, 1), 'the item');
  }),
  check(
    'attribute_not_exists refuses a put of an item that exists, and changes nothing',
    conditions,
    onItem(async (context, pk) => {
      await refusal(put(context, itemOf(pk, 2), absent), refused);
      equal(await read(context, pk), itemOf(pk, 1), 'the item');
    }),
  ),
  check('of twenty concurrent puts of an absent item one is written', putItem, async (context, pk) => {
    const results = await Promise.allSettled(
      Array.from({ length: concurrentWriters }, (_, version) => put(context, itemOf(pk, version), absent)),
    );
    const winners = results.flatMap(({ status }, version) => (status === 'fulfilled' ? [version] : []));
    equal(winners.length, 1, 'puts that were written');
    equal(await read(context, pk), itemOf(pk, winners[0] ?? -1), 'the item');
  }),
  check('a put on an equal version is written, and replaces the whole item', putItem, async (context, pk) => {
    await put(context, { ...itemOf(pk, 1), owner: { S: 'A' } });
    await put(context, itemOf(pk, 2), onVersion('1'));
    equal(await read(context, pk), itemOf(pk, 2), 'the item');
  }),
  check(
    'a put on another version is refused',
    conditions,
    onItem(async (context, pk) => void (await refusal(put(context, itemOf(pk, 3), onVersion('2')), refused))),
  ),
  check(
    'a version is compared as a number: 1.0 equals 1',
    conditions,
    onItem(async (context, pk) => void (await put(context, itemOf(pk, 2), onVersion('1.0')))),
  ),
  check('a number is not equal to a text of the same characters', conditions, async (context, pk) => {
    await put(context, { pk: { S: pk }, version: { S: '1' } });
    await refusal(put(context, itemOf(pk, 2), onVersion('1')), refused);
  }),
  check('a put on the version of an absent item is refused', conditions, async (context, pk) => {
    await refusal(put(context, itemOf(pk, 2), onVersion('1')), refused);
    equal(await read(context, pk), undefined, 'the item');
  }),
  check('AND needs both conditions: version and owner', conditions, async (context, pk) => {
    const by = (owner: string) => ({
      ConditionExpression: '#version = :version AND #owner = :owner',
      ExpressionAttributeNames: { '#version': 'version', '#owner': 'owner' },
      ExpressionAttributeValues: { ':version': { N: '1' }, ':owner': { S: owner } },
    });
    await put(context, { ...itemOf(pk, 1), owner: { S: 'A' } });
    await refusal(put(context, itemOf(pk, 2), by('B')), refused);
    await put(context, itemOf(pk, 2), by('A'));
  }),
  check(
    'attribute_type distinguishes a number from a text and from a missing attribute',
    conditions,
    async (context) => {
      const [number, text, none] = [context.unique(), context.unique(), context.unique()];
      await put(context, itemOf(number, 1));
      await put(context, { pk: { S: text }, version: { S: '1' } });
      await put(context, { pk: { S: none } });
      await refusal(remove(context, number, withoutVersion), refused);
      await remove(context, text, withoutVersion);
      await remove(context, none, withoutVersion);
      equal([await read(context, text), await read(context, none)], [undefined, undefined], 'the deleted items');
    },
  ),
  check('a put returns the old item when ReturnValues is ALL_OLD', putItem, async (context, pk) => {
    const first = await put(context, itemOf(pk, 1), { ReturnValues: 'ALL_OLD' });
    const second = await put(context, itemOf(pk, 2), { ReturnValues: 'ALL_OLD' });
    equal([first.Attributes, second.Attributes], [undefined, itemOf(pk, 1)], 'the old items');
  }),
  check('a refused put returns the existing item when the request asks for ALL_OLD', putItem, async (context, pk) => {
    const item = { ...itemOf(pk, 1), document: { S: '{"a":"é"}' }, tags: { SS: ['x'] } };
    await put(context, item);
    const { Item } = await refusal(put(context, itemOf(pk, 2), { ...absent, ...telling }), refused);
    equal(Item, item, 'the item of the refusal');
  }),
  check(
    'a refused put returns no item when the request does not ask for it',
    putItem,
    onItem(async (context, pk) => {
      const { Item } = await refusal(put(context, itemOf(pk, 2), absent), refused);
      equal(Item, undefined, 'the item of the refusal');
    }),
  ),
  check('a refused put returns no item when none exists', putItem, async (context, pk) => {
    const { Item } = await refusal(put(context, itemOf(pk, 2), { ...onVersion('1'), ...telling }), refused);
    equal(Item, undefined, 'the item of the refusal');
  }),
  check(
    'a refused delete returns the existing item when the request asks for ALL_OLD',
    deleteItem,
    onItem(async (context, pk) => {
      const { Item } = await refusal(remove(context, pk, { ...onVersion('2'), ...telling }), refused);
      equal(Item, itemOf(pk, 1), 'the item of the refusal');
    }),
  ),
  check(
    'a refusal is HTTP 400, a ConditionalCheckFailedException with its usual message and a request id',
    'Developer Guide: Error handling with DynamoDB',
    onItem(async (context, pk) => {
      const { message, $metadata } = await refusal(put(context, itemOf(pk, 2), absent), refused);
      equal(message, 'The conditional request failed', 'the message');
      equal($metadata.httpStatusCode, 400, 'the status');
      equal(typeof $metadata.requestId, 'string', 'the type of the request id');
    }),
  ),
  check(
    'a delete on the existing version deletes, on any other it is refused',
    deleteItem,
    onItem(async (context, pk) => {
      await refusal(remove(context, pk, onVersion('2')), refused);
      await remove(context, pk, onVersion('1'));
      equal(await read(context, pk), undefined, 'the item');
    }),
  ),
  check(
    'a delete of an absent item succeeds without a condition and is refused with one',
    deleteItem,
    async (context, pk) => {
      await remove(context, pk);
      await refusal(remove(context, pk, onVersion('1')), refused);
    },
  ),
];
