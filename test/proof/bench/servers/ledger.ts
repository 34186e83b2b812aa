import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createTable } from '../../../../infra/local/aws/dynamodb/create-table.ts';
import { startDynamoDb } from '../../../../infra/local/aws/dynamodb/server.ts';

/** DynamoDB's protocol with the ledger's table, in memory. */
const { url } = await startDynamoDb(undefined, 0);
const client = new DynamoDBClient({
  endpoint: url,
  region: 'eu-central-1',
  credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
});
await createTable(client, 'bench-ledger');
client.destroy();
process.send?.({ url });
process.on('disconnect', () => process.exit());
