import { once } from 'node:events';
import { connect } from 'node:net';
import { GetItemCommand, ListTablesCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, onTestFinished, test } from 'vitest';
import { createTable } from '../../../../../infra/local/aws/dynamodb/create-table.ts';
import { temporaryFolder } from '../../../../fakes/temporary-folder.ts';
import { testDynamoDb } from '../../../../fakes/test-dynamodb.ts';

const start = (directory: string) => testDynamoDb(onTestFinished, directory);

test('the tables of the local DynamoDB and their items survive a restart', async () => {
  const folder = await temporaryFolder();
  const first = await start(folder);
  await createTable(first.client, 'ledger');
  await first.client.send(new PutItemCommand({ TableName: 'ledger', Item: { pk: { S: 'a' }, version: { N: '1' } } }));
  await first.end();
  const { client } = await start(folder);
  const { Item } = await client.send(new GetItemCommand({ TableName: 'ledger', Key: { pk: { S: 'a' } } }));
  expect(Item).toEqual({ pk: { S: 'a' }, version: { N: '1' } });
});

test('the local DynamoDB keeps working after a caller disconnects in the middle of a request', async () => {
  const { server, client } = await start(await temporaryFolder());
  const { port } = new URL(server.url);
  const dying = connect(Number(port), '127.0.0.1');
  await once(dying, 'connect');
  dying.write(`POST / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 1000\r\n\r\n{"half":`);
  dying.resetAndDestroy();
  await once(dying, 'close');
  // After two more round trips the server has noticed the reset.
  await client.send(new ListTablesCommand({}));
  await expect(client.send(new ListTablesCommand({}))).resolves.toMatchObject({ TableNames: [] });
});

test.each([
  ['GetItem', 'null', 'SerializationException'],
  ['GetItem', '5', 'SerializationException'],
  ['PutItem', '{"TableName":"ledger","Item":{"pk":{"S":"a"},"x":{"L":[null]}}}', 'ValidationException'],
  ['PutItem', '{"TableName":"ledger","Item":{"pk":{"S":"a"},"x":{"M":{"y":{"S":null}}}}}', 'ValidationException'],
  ['UpdateItem', '{"TableName":"ledger","Key":{"pk":null},"UpdateExpression":"SET x = :x"}', 'ValidationException'],
  ['BatchWriteItem', '{"RequestItems":{"ledger":[null]}}', 'ValidationException'],
  ['BatchGetItem', '{"RequestItems":{"ledger":{"Keys":[null]}}}', 'ValidationException'],
  ['Query', '{"TableName":"ledger","KeyConditions":{"pk":{"AttributeValueList":[null]}}}', 'ValidationException'],
])('the local DynamoDB answers a malformed %s and keeps working: %s', async (operation, body, code) => {
  const { server, client } = await start(await temporaryFolder());
  await createTable(client, 'ledger');
  const authorization = 'AWS4-HMAC-SHA256 Credential=a/20260101/b/dynamodb/aws4_request,SignedHeaders=host,Signature=0';
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-date': '20260101T000000Z',
    'x-amz-target': `DynamoDB_20120810.${operation}`,
    authorization,
  };
  const answer = await fetch(server.url, { method: 'POST', headers, body });
  expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining(`#${code}"`)]);
  await expect(client.send(new ListTablesCommand({}))).resolves.toMatchObject({ TableNames: ['ledger'] });
});

test('a web page of another origin cannot read the ledger', async () => {
  const { server } = await start(await temporaryFolder());
  const response = await fetch(server.url, { method: 'OPTIONS', headers: { origin: 'https://example.com' } });
  expect(response.status).toBe(403);
  expect(response.headers.get('access-control-allow-origin')).toBeNull();
});
