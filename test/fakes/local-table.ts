import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { createTable } from '../../infra/local/aws/dynamodb/create-table.ts';
import { dynamoTable } from '../../lib/aws/dynamo-table.ts';
import type { Table } from '../../lib/ledger/table.ts';

/** DynamoDB's protocol on a free port of this machine, in memory. */
export interface LocalDynamo {
  readonly client: DynamoDBClient;
  /** Another client of the same store, whose answers a test may tamper with. */
  newClient(): DynamoDBClient;
  /** What came over the wire since it was last emptied: `PutItem`, `Query`, ... */
  readonly calls: string[];
  /** A new and empty table as infra/resources/table.yml defines it. */
  newTable(): Promise<{ readonly name: string; readonly table: Table }>;
  stop(): Promise<void>;
}

export const startLocalDynamo = async (): Promise<LocalDynamo> => {
  const server = dynalite({ createTableMs: 0 });
  const calls: string[] = [];
  server.on('request', ({ headers }: IncomingMessage) => {
    calls.push(String(headers['x-amz-target']).replace('DynamoDB_20120810.', ''));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const clients: DynamoDBClient[] = [];
  const newClient = (): DynamoDBClient => {
    const made = new DynamoDBClient({
      endpoint: `http://127.0.0.1:${port}`,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    clients.push(made);
    return made;
  };
  const client = newClient();
  return {
    client,
    newClient,
    calls,
    newTable: async () => {
      const name = `ledger-${randomUUID()}`;
      await createTable(client, name);
      calls.length = 0;
      return { name, table: dynamoTable(client, name) };
    },
    stop: async () => {
      for (const made of clients) made.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};

/**
 * The next call of that name is done, and its answer lost on the way back; the SDK then repeats it by itself.
 * Works below the SDK's retries, as a broken connection does.
 */
export const loseNextAnswer = (client: DynamoDBClient, commandName: string): void => {
  let lost = false;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const answer = await next(args);
      if (lost || context.commandName !== commandName) return answer;
      lost = true;
      throw Object.assign(new Error('read ECONNRESET'), { name: 'TimeoutError', code: 'ECONNRESET' });
    },
    { step: 'deserialize', priority: 'high', name: `loseAnswer-${randomUUID()}` },
  );
};
