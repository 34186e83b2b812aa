import { once } from 'node:events';
import { connect } from 'node:net';
import { DynamoDBClient, GetItemCommand, ListTablesCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, onTestFinished, test } from 'vitest';
import { createTable } from '../../../../../infra/local/aws/dynamodb/create-table.ts';
import { startDynamoDb } from '../../../../../infra/local/aws/dynamodb/server.ts';
import { temporaryFolder } from '../../../../fakes/temporary-folder.ts';

const start = async (directory: string) => {
  const server = await startDynamoDb(directory, 0);
  const client = new DynamoDBClient({
    endpoint: server.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  const end = async () => {
    client.destroy();
    await server.close();
  };
  onTestFinished(end);
  return { server, client, end };
};

test('tables and their items outlive the server', async () => {
  const folder = await temporaryFolder();
  const first = await start(folder);
  await createTable(first.client, 'ledger');
  await first.client.send(new PutItemCommand({ TableName: 'ledger', Item: { pk: { S: 'a' }, version: { N: '1' } } }));
  await first.end();
  const { client } = await start(folder);
  const { Item } = await client.send(new GetItemCommand({ TableName: 'ledger', Key: { pk: { S: 'a' } } }));
  expect(Item).toEqual({ pk: { S: 'a' }, version: { N: '1' } });
});

test('a caller that dies in the middle of a request does no harm', async () => {
  const { server, client } = await start(await temporaryFolder());
  const { port } = new URL(server.url);
  const dying = connect(Number(port), '127.0.0.1');
  await once(dying, 'connect');
  dying.write(`POST / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 1000\r\n\r\n{"half":`);
  dying.resetAndDestroy();
  await once(dying, 'close');
  // Two more round trips: the reset has been noticed by then.
  await client.send(new ListTablesCommand({}));
  await expect(client.send(new ListTablesCommand({}))).resolves.toMatchObject({ TableNames: [] });
});

test('a page from elsewhere cannot read the ledger', async () => {
  const { server } = await start(await temporaryFolder());
  const response = await fetch(server.url, { method: 'OPTIONS', headers: { origin: 'https://example.com' } });
  expect(response.status).toBe(403);
  expect(response.headers.get('access-control-allow-origin')).toBeNull();
});
