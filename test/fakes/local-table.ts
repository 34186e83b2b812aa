import { randomUUID } from 'node:crypto';
import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createTable } from '../../infra/local/aws/dynamodb/create-table.ts';
import { startDynamoDb } from '../../infra/local/aws/dynamodb/server.ts';
import { dynamoTable } from '../../lib/aws/dynamo-table.ts';
import type { Table } from '../../lib/ledger/table.ts';

/** DynamoDB's protocol on this machine, in memory. */
export interface LocalDynamo {
  readonly client: DynamoDBClient;
  /** Another client of the same store, whose answers a test may tamper with. */
  newClient(): DynamoDBClient;
  /** The operations received since the list was last emptied: `PutItem`, `Query`, ... */
  readonly calls: string[];
  /** A new and empty table as infra/resources/table.yml defines it. */
  newTable(): Promise<{ readonly name: string; readonly table: Table }>;
  stop(): Promise<void>;
}

/**
 * The local table server by default; with `TEST_DYNAMODB_URL` any other that speaks DynamoDB's protocol. DynamoDB Local
 * keeps a separate store per access key, so each test file has its own.
 */
export const startLocalDynamo = async (): Promise<LocalDynamo> => {
  const foreignUrl = process.env.TEST_DYNAMODB_URL;
  const server = foreignUrl === undefined ? await startDynamoDb(undefined, 0) : undefined;
  const endpoint = foreignUrl ?? server?.url ?? '';
  const credentials = { accessKeyId: `test${randomUUID().replaceAll('-', '')}`, secretAccessKey: 'local' };
  const calls: string[] = [];
  const clients: DynamoDBClient[] = [];
  const tables: string[] = [];
  const newClient = (): DynamoDBClient => {
    const made = new DynamoDBClient({ endpoint, region: 'eu-central-1', credentials });
    // The last step of the SDK's middleware, so that each of its retries counts.
    made.middlewareStack.add(
      (next, { commandName = '' }) =>
        (args) => {
          calls.push(commandName.replace(/Command$/, ''));
          return next(args);
        },
      { step: 'deserialize', priority: 'low', name: 'recordCalls' },
    );
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
      tables.push(name);
      calls.length = 0;
      return { name, table: dynamoTable(client, name) };
    },
    stop: async () => {
      if (foreignUrl !== undefined)
        for (const name of tables) await client.send(new DeleteTableCommand({ TableName: name }));
      for (const made of clients) made.destroy();
      await server?.close();
    },
  };
};

/**
 * The next call of that name is carried out, but its response is lost on the way back; the SDK then retries it.
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
