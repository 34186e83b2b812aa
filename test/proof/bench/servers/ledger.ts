import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { createTable } from '../../../../infra/local/aws/dynamodb/create-table.ts';

/** DynamoDB's protocol with the ledger's table, in memory. */
const server = dynalite({ createTableMs: 0 });
server.listen(0, '127.0.0.1', async () => {
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const client = new DynamoDBClient({
    endpoint: url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  });
  await createTable(client, 'bench-ledger');
  client.destroy();
  process.send?.({ url });
});
process.on('disconnect', () => process.exit());
// Dynalite throws what goes wrong with a connection; callers here end when they are measured.
process.on('uncaughtException', () => undefined);
