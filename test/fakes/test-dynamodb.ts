import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { startDynamoDb } from '../../infra/local/aws/dynamodb/server.ts';

/** A local table server and a client of it; both are closed by the given hook of the test runner, or earlier on demand. */
export const testDynamoDb = async (
  atTheEnd: (end: () => Promise<void>) => void,
  ...[directory, port = 0, ...more]: Partial<Parameters<typeof startDynamoDb>>
) => {
  const server = await startDynamoDb(directory, port, ...more);
  const client = new DynamoDBClient({
    endpoint: server.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  const end = async (): Promise<void> => {
    client.destroy();
    await server.close();
  };
  atTheEnd(end);
  return { server, client, end };
};
