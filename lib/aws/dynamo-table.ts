import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { type Clock, sleep, systemClock } from '../clock.ts';
import type { Condition, IndexEntry, Item, PageKey, Table } from '../ledger/table.ts';
import { timestamp } from '../ledger/timestamp.ts';
import { maxBatchGetKeys, unprocessedWaitsMs } from '../limits.ts';
import { busy, tableError } from './table-error.ts';

type Attributes = Record<string, AttributeValue>;

/**
 * Implements `Table` with the AWS SDK, which retries throttling and faults; an error that it throws is final. The plain
 * client is used instead of lib-dynamodb: six commands bundle to 333 KB instead of 345 KB (esbuild, minified), and the
 * two short mappings at the end of this file replace it.
 * @throws {LedgerTableError} from every method, when the table could not be read or written
 */
export const dynamoTable = (
  client: DynamoDBClient,
  tableName: string,
  { clock = systemClock, random = Math.random }: { readonly clock?: Clock; readonly random?: () => number } = {},
): Table => {
  /** A failed condition is an expected result. Everything else that is thrown is a failure of the table. */
  const reported = async <Output>(call: () => Promise<Output>): Promise<Output> => {
    try {
      return await call();
    } catch (error) {
      throw error instanceof ConditionalCheckFailedException ? error : tableError(error, tableName);
    }
  };

  const get: Table['get'] = async (pk) => {
    const { Item } = await reported(() =>
      client.send(new GetItemCommand({ TableName: tableName, Key: { pk: { S: pk } }, ConsistentRead: true })),
    );
    return Item && fromAttributes(Item);
  };

  const getBatch = async (pks: readonly string[]): Promise<Item[]> => {
    const found: Item[] = [];
    let keys: Attributes[] = pks.map((pk) => ({ pk: { S: pk } }));
    for (let round = 0; ; round += 1) {
      const { Responses, UnprocessedKeys } = await reported(() =>
        client.send(new BatchGetItemCommand({ RequestItems: { [tableName]: { Keys: keys, ConsistentRead: true } } })),
      );
      found.push(...(Responses?.[tableName] ?? []).map(fromAttributes));
      keys = UnprocessedKeys?.[tableName]?.Keys ?? [];
      if (keys.length === 0) return found;
      // A response was full, or a partition is busy. The SDK treats this as success and does not retry it.
      const longestMs = unprocessedWaitsMs[round];
      if (longestMs === undefined) throw busy(tableName);
      await sleep(clock, random() * longestMs);
    }
  };

  const getMany: Table['getMany'] = async (pks) => {
    const unique = [...new Set(pks)];
    const found: Item[] = [];
    for (let at = 0; at < unique.length; at += maxBatchGetKeys) {
      found.push(...(await getBatch(unique.slice(at, at + maxBatchGetKeys))));
    }
    return found;
  };

  const put: Table['put'] = async (item, condition) => {
    try {
      await reported(() =>
        client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: toAttributes(item),
            ...expressionOf(condition),
            // DynamoDB then returns the existing item with the conflict; other stores may not support this.
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        ),
      );
      return { written: true };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return error.Item ? { written: false, found: fromAttributes(error.Item) } : { written: false };
    }
  };

  const remove: Table['delete'] = async (pk, condition) => {
    try {
      await reported(() =>
        client.send(
          new DeleteItemCommand({ TableName: tableName, Key: { pk: { S: pk } }, ...expressionOf(condition) }),
        ),
      );
      return 'deleted';
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return 'refused';
      throw error;
    }
  };

  const query: Table['query'] = async (asked) => {
    const upTo = asked.index === 'byWork' ? asked.upTo : undefined;
    const { Items, LastEvaluatedKey } = await reported(() =>
      client.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: asked.index,
          KeyConditionExpression: upTo === undefined ? '#hash = :hash' : '#hash = :hash AND #range <= :upTo',
          ExpressionAttributeNames: {
            '#hash': asked.index === 'byWork' ? 'workShard' : 'targetKey',
            ...(upTo !== undefined && { '#range': 'workAt' }),
          },
          ExpressionAttributeValues: {
            ':hash': { S: asked.hash },
            ...(upTo !== undefined && { ':upTo': { N: String(upTo) } }),
          },
          Limit: asked.limit,
          ...(asked.index === 'byWork' && asked.newestFirst && { ScanIndexForward: false }),
          ...(asked.after && { ExclusiveStartKey: pageKeyAttributes(asked.after) }),
        }),
      ),
    );
    const items = (Items ?? []).map(entryFrom);
    return LastEvaluatedKey ? { items, next: fromPageKey(LastEvaluatedKey) } : { items };
  };

  const scan: Table['scan'] = async (limit, after) => {
    const { Items = [], LastEvaluatedKey } = await reported(() =>
      client.send(
        new ScanCommand({
          TableName: tableName,
          Limit: limit,
          ...(after !== undefined && { ExclusiveStartKey: { pk: { S: after } } }),
        }),
      ),
    );
    const next = LastEvaluatedKey?.pk?.S;
    return { items: Items.map(fromAttributes), ...(next !== undefined && { next }) };
  };

  return { get, getMany, put, delete: remove, query, scan };
};

const expressionOf = (condition: Condition) => {
  if (condition.kind === 'absent') {
    return { ConditionExpression: 'attribute_not_exists(pk)' };
  }
  const { version, owner } = condition;
  // Version 0 stands for an item without a numeric version, because someone edited it by hand.
  if (version === 0) {
    return {
      ConditionExpression: 'attribute_exists(pk) AND NOT attribute_type(#version, :number)',
      ExpressionAttributeNames: { '#version': 'version' },
      ExpressionAttributeValues: { ':number': { S: 'N' } },
    };
  }
  return {
    ConditionExpression: owner === undefined ? '#version = :version' : '#version = :version AND #owner = :owner',
    ExpressionAttributeNames: { '#version': 'version', ...(owner !== undefined && { '#owner': 'owner' }) },
    ExpressionAttributeValues: {
      ':version': { N: String(version) },
      ...(owner !== undefined && { ':owner': { S: owner } }),
    },
  };
};

const texts = [
  'pk',
  'owner',
  'workShard',
  'targetKey',
  'status',
  'code',
  'integrationId',
  'type',
  'sizeBytes',
  'correlationId',
  'upload',
  'etag',
  'target',
  'document',
] as const;
const numbers = [
  'version',
  'workAt',
  'createdAt',
  'attempts',
  'endedAt',
  'waiting',
  'unknown',
  'unreadable',
  'expiresAt',
  'outcome',
] as const;

const toAttributes = (item: Item): Attributes => {
  const attributes: Attributes = {};
  for (const name of texts) if (item[name] !== undefined) attributes[name] = { S: item[name] };
  for (const name of numbers) if (item[name] !== undefined) attributes[name] = { N: String(item[name]) };
  return attributes;
};

/**
 * An attribute of the wrong type, or a time outside the calendar, counts as missing. The code that reads the document
 * reports missing attributes.
 */
export const fromAttributes = (attributes: Attributes): Item => {
  const item: Record<string, string | number> = {};
  for (const name of texts) if (attributes[name]?.S !== undefined) item[name] = attributes[name].S;
  for (const name of numbers) {
    const number = attributes[name]?.N;
    if (number !== undefined && isPossible(name, Number(number))) item[name] = Number(number);
  }
  return { pk: '', version: 0, document: '', ...item };
};

/** Answers to operators show these attributes as dates. */
const times: ReadonlySet<string> = new Set(['workAt', 'createdAt', 'endedAt']);
const isPossible = (name: string, value: number): boolean => !times.has(name) || v.is(timestamp, value);

const ofEntries = ['workAt', 'status', 'code', 'createdAt', 'waiting', 'unknown', 'unreadable'] as const;

const entryFrom = (attributes: Attributes): IndexEntry => {
  const item = fromAttributes(attributes);
  const held = ofEntries.filter((name) => item[name] !== undefined);
  return { pk: item.pk, ...Object.fromEntries(held.map((name) => [name, item[name]])) };
};

const pageKeyAttributes = (key: PageKey): Attributes =>
  Object.fromEntries(
    Object.entries(key).map(([name, value]) => [name, typeof value === 'number' ? { N: String(value) } : { S: value }]),
  );

const fromPageKey = (attributes: Attributes): PageKey =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, { S, N }]) => [name, N === undefined ? (S ?? '') : Number(N)]),
  );
