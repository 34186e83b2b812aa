import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { dynamodbClient, s3Client } from '../../../lib/aws/clients.ts';
import { dynamoTable } from '../../../lib/aws/dynamo-table.ts';
import { s3Storage } from '../../../lib/aws/s3-storage.ts';
import { type RawCall, rawServer } from '../../fakes/raw-server.ts';

beforeEach(() => {
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
});
afterEach(() => vi.unstubAllEnvs());

/** Sends nothing on its first connections, like one that died while the function was frozen. */
const deafOn = async (connections: number, answer: (call: RawCall) => void) => {
  const server = await rawServer({
    complete: (call) => {
      if (call.request.connection > connections) answer(call);
    },
  });
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${server.port}`);
  return server;
};

const item = new GetItemCommand({ TableName: 'ledger', Key: { pk: { S: 'a' } } });
const object = new GetObjectCommand({ Bucket: 'uploads', Key: 'a.pdf' });

test('a ledger call without a response is repeated on another connection', async () => {
  const server = await deafOn(1, ({ answer }) => answer(200, '{"Item":{"pk":{"S":"a"}}}'));
  const { Item } = await dynamodbClient(200).send(item);
  expect(Item).toEqual({ pk: { S: 'a' } });
  expect(server.requests.map(({ connection }) => connection)).toEqual([1, 2]);
});

test('a ledger that never answers is reported as such', async () => {
  const server = await deafOn(Number.POSITIVE_INFINITY, () => undefined);
  await expect(dynamodbClient(100).send(item)).rejects.toMatchObject({ name: 'TimeoutError' });
  expect(server.requests.length).toBeGreaterThan(1);
});

test("the error for a ledger that never answers names the table and the operator's next step", async () => {
  await deafOn(Number.POSITIVE_INFINITY, () => undefined);
  await expect(
    dynamoTable(dynamodbClient(100), 'cv-courier-ledger').get('candidates/GRK123/Frank Doe.pdf'),
  ).rejects.toThrow(
    'The DynamoDB table "cv-courier-ledger" did not answer in time. Nothing is lost: uploads are sent again automatically. ' +
      "If this persists, check the table's throttling metrics and the function's network.",
  );
});

test('a ledger whose response stalls halfway is given up, too', async () => {
  const server = await deafOn(0, ({ request, write, answer }) => {
    if (request.connection > 1) answer(200, '{}');
    else write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{"Item"');
  });
  await expect(dynamodbClient(200).send(item)).resolves.toMatchObject({});
  expect(server.requests.length).toBeGreaterThan(1);
});

test('a read without a response is repeated on another connection, and its body may take its time', async () => {
  await deafOn(1, ({ socket, write }) => {
    write('HTTP/1.1 200 OK\r\ncontent-length: 6\r\netag: "e"\r\n\r\nfoo');
    setTimeout(() => socket.write('bar'), 600);
  });
  const { Body } = await s3Client({ forcePathStyle: true, answerMs: 200 }).send(object);
  expect(await Body?.transformToString()).toBe('foobar');
});

test('a listing may take longer than any other call', async () => {
  const server = await deafOn(0, ({ answer }) => {
    setTimeout(() => answer(200, '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>'), 600);
  });
  const storage = s3Storage(s3Client({ forcePathStyle: true, answerMs: 200 }));
  const page = await storage.list('uploads', { prefix: '' }, new AbortController().signal);
  expect(page).toEqual({ ok: true, value: { objects: [], folders: [] } });
  expect(server.requests).toHaveLength(1);
});
