import {
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createTable } from '../../../../../infra/local/aws/dynamodb/create-table.ts';
import type { TableWrite } from '../../../../../infra/local/aws/dynamodb/table-writes.ts';
import { testDynamoDb } from '../../../../fakes/test-dynamodb.ts';

const { server, client } = await testDynamoDb(afterAll);
let TableName: string;
let tables = 0;
beforeEach(async () => {
  tables += 1;
  TableName = `ledger-${tables}`;
  await createTable(client, TableName);
});

const item = (version: number) => ({ pk: { S: 'a' }, version: { N: String(version) } });
const put = (version: number) => client.send(new PutItemCommand({ TableName, Item: item(version) }));
test('a table that is created after a refused write to it works', async () => {
  const write = () => client.send(new PutItemCommand({ TableName: 'later', Item: item(1) }));
  await expect(write()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  await createTable(client, 'later');
  await expect(write()).resolves.toBeDefined();
});

describe('the stream', () => {
  const writesDuring = async (work: () => Promise<unknown>): Promise<readonly TableWrite[]> => {
    const seen: TableWrite[] = [];
    const end = server.onWrite((write) => seen.push(write));
    await work();
    end();
    return seen;
  };
  const keys = { pk: { S: 'a' } };

  test('the stream reports inserts, changes and deletions with both images, in order', async () => {
    const seen = await writesDuring(async () => {
      await put(1);
      await put(2);
      await client.send(
        new UpdateItemCommand({
          TableName,
          Key: keys,
          UpdateExpression: 'SET version = :v',
          ExpressionAttributeValues: { ':v': { N: '3' } },
        }),
      );
      await client.send(new DeleteItemCommand({ TableName, Key: keys }));
    });
    expect(seen).toEqual([
      { tableName: TableName, eventName: 'INSERT', keys, newImage: item(1) },
      { tableName: TableName, eventName: 'MODIFY', keys, oldImage: item(1), newImage: item(2) },
      { tableName: TableName, eventName: 'MODIFY', keys, oldImage: item(2), newImage: item(3) },
      { tableName: TableName, eventName: 'REMOVE', keys, oldImage: item(3) },
    ]);
  });

  test('the stream reports neither a refused write nor one that changes nothing', async () => {
    await put(1);
    const seen = await writesDuring(async () => {
      const refused = new PutItemCommand({ TableName, Item: item(2), ConditionExpression: 'attribute_not_exists(pk)' });
      await expect(client.send(refused)).rejects.toBeInstanceOf(ConditionalCheckFailedException);
      await put(1);
      await client.send(new DeleteItemCommand({ TableName, Key: { pk: { S: 'nobody' } } }));
    });
    expect(seen).toEqual([]);
  });

  test('the stream reports each item of a batch', async () => {
    await put(1);
    const seen = await writesDuring(() =>
      client.send(
        new BatchWriteItemCommand({
          RequestItems: {
            [TableName]: [{ DeleteRequest: { Key: keys } }, { PutRequest: { Item: { pk: { S: 'b' } } } }],
          },
        }),
      ),
    );
    expect(seen.map(({ eventName, keys: its }) => [eventName, its.pk?.S])).toEqual([
      ['REMOVE', 'a'],
      ['INSERT', 'b'],
    ]);
  });

  test('the stream reports the writes of one item in the order in which they were made', async () => {
    const seen = await writesDuring(() => Promise.all(Array.from({ length: 20 }, (_, version) => put(version))));
    expect(seen).toHaveLength(20);
    for (const [at, write] of seen.entries()) expect(write.oldImage).toEqual(seen[at - 1]?.newImage);
  });
});
