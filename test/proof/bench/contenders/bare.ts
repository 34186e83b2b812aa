import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';

/** Imports the two clients that every such function needs, creates neither, and does nothing. */
export const handler = async (): Promise<unknown> => {
  const s3 = new S3Client({});
  const table = new DynamoDBClient({});
  return Promise.all([s3.send(new GetObjectCommand({} as never)), table.send(new GetItemCommand({} as never))]);
};
