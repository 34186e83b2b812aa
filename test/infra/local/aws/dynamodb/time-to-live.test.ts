import { setTimeout } from 'node:timers/promises';
import { type DynamoDBClient, PutItemCommand, ScanCommand, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createTable } from '../../../../../infra/local/aws/dynamodb/create-table.ts';
import { testDynamoDb } from '../../../../fakes/test-dynamodb.ts';

const nowSeconds = 1_767_603_600;
const TableName = 'ledger';

const start = async () => {
  const clock = { seconds: nowSeconds };
  const expiry = { nowMs: () => clock.seconds * 1000, everyMs: 5 };
  const { server, client } = await testDynamoDb(onTestFinished, undefined, 0, expiry);
  const keysLeft = async (): Promise<readonly (string | undefined)[]> =>
    ((await client.send(new ScanCommand({ TableName }))).Items ?? []).map(({ pk }) => pk?.S).sort();
  const put = (pk: string, expiresAt: { N: string } | { S: string } | undefined) =>
    client.send(new PutItemCommand({ TableName, Item: { pk: { S: pk }, ...(expiresAt && { expiresAt }) } }));
  return { server, client, clock, keysLeft, put };
};

test('items are deleted once their time has passed, and the stream reports it; items without a numeric time stay', async () => {
  const { client, clock, keysLeft, put, server } = await start();
  await createTable(client, TableName);
  await put('soon', { N: String(nowSeconds + 60) });
  await put('late', { N: String(nowSeconds + 61) });
  await put('text', { S: String(nowSeconds) });
  await put('never', undefined);
  await put('in-milliseconds', { N: String(nowSeconds * 1000) });
  await put('six-years-ago', { N: String(nowSeconds - 6 * 365 * 86_400) });
  await setTimeout(50);
  expect(await keysLeft()).toHaveLength(6);

  const removed: unknown[] = [];
  server.onWrite(({ eventName, keys }) => removed.push([eventName, keys.pk?.S]));
  clock.seconds += 60;
  await expect.poll(() => removed, { interval: 10 }).toEqual([['REMOVE', 'soon']]);
  expect(await keysLeft()).toEqual(['in-milliseconds', 'late', 'never', 'six-years-ago', 'text']);
});

describe('switching the expiry of items', () => {
  const update = (client: DynamoDBClient, Enabled: boolean, AttributeName = 'expiresAt', name = TableName) =>
    client.send(new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification: { AttributeName, Enabled } }));

  test('items no longer expire once time to live is switched off, and it can be switched on again', async () => {
    const { client, keysLeft, put } = await start();
    await createTable(client, TableName);
    await update(client, false);
    await put('a', { N: String(nowSeconds - 1) });
    await setTimeout(50);
    expect(await keysLeft()).toEqual(['a']);
    await update(client, true);
    await expect.poll(keysLeft, { interval: 10 }).toEqual([]);
  });

  test('switching the expiry of items off twice, by another attribute, or for no table is refused', async () => {
    const { client } = await start();
    await createTable(client, TableName);
    await expect(update(client, false, 'other')).rejects.toThrow('current AttributeName is expiresAt');
    await update(client, false);
    await expect(update(client, false)).rejects.toThrow('TimeToLive is already disabled');
    await expect(update(client, true, 'expiresAt', 'no-such-table')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});
