import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type { TableWrite } from '../../infra/local/aws/dynamodb/table-writes.ts';
import { isObject } from '../../lib/json.ts';

const attributes = v.custom<TableWrite['keys']>(isObject);
const description = v.object({ StreamDescription: v.object({ Shards: v.array(v.object({ ShardId: v.string() })) }) });
const iterator = v.object({ ShardIterator: v.string() });
const records = v.object({
  Records: v.array(
    v.object({
      eventName: v.picklist(['INSERT', 'MODIFY', 'REMOVE']),
      dynamodb: v.object({
        Keys: attributes,
        NewImage: v.optional(attributes),
        OldImage: v.optional(attributes),
        StreamViewType: v.string(),
      }),
    }),
  ),
});

/**
 * All records of a table's stream, oldest first within a shard. Speaks the protocol itself, because the SDK's client for
 * streams is not among the dependencies. For DynamoDB Local, which reads the access key but checks no signature.
 */
export const readStream = async (client: DynamoDBClient, tableName: string): Promise<readonly TableWrite[]> => {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
  const { accessKeyId } = await client.config.credentials();
  const { protocol, hostname, port } = (await client.config.endpoint?.()) ?? {};
  const ask = async <Schema extends v.GenericSchema>(operation: string, input: object, schema: Schema) => {
    const answer = await fetch(`${protocol}//${hostname}:${port}/`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDBStreams_20120810.${operation}`,
        'x-amz-date': '20260101T000000Z',
        authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/eu-central-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0`,
      },
      body: JSON.stringify(input),
    });
    if (!answer.ok) throw new Error(`${operation} answered HTTP ${answer.status}: ${await answer.text()}`);
    return v.parse(schema, await answer.json());
  };

  const StreamArn = Table?.LatestStreamArn;
  const { StreamDescription } = await ask('DescribeStream', { StreamArn }, description);
  const writes: TableWrite[] = [];
  for (const { ShardId } of StreamDescription.Shards) {
    const from = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' };
    const { ShardIterator } = await ask('GetShardIterator', from, iterator);
    const { Records } = await ask('GetRecords', { ShardIterator, Limit: 1_000 }, records);
    for (const { eventName, dynamodb } of Records) {
      if (dynamodb.OldImage || dynamodb.StreamViewType !== 'NEW_IMAGE') throw new Error('The stream has another view.');
      const { Keys: keys, NewImage: newImage } = dynamodb;
      writes.push({ tableName, eventName, keys, ...(newImage && { newImage }) });
    }
  }
  return writes;
};
