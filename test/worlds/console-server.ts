import { EventEmitter } from 'node:events';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { onTestFinished } from 'vitest';
import { createTable } from '../../infra/local/aws/dynamodb/create-table.ts';
import { startDynamoDb } from '../../infra/local/aws/dynamodb/server.ts';
import type { Lambda } from '../../infra/local/aws/lambda/function.ts';
import { functionEnvironment } from '../../infra/local/aws/lambda/function-environment.ts';
import { s3Credentials, startS3 } from '../../infra/local/aws/s3/server.ts';
import { startConsole } from '../../infra/local/console/server/server.ts';
import { defaultApiKey, sandboxIntegrationId, startKomboEmulator } from '../../infra/local/kombo/emulator.ts';
import type { StackEvents } from '../../infra/local/stack.ts';
import { readSettings } from '../../lib/config/config.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

const bucket = 'console-test';
const table = 'console-test-ledger';
const region = 'eu-central-1';

/** A console with a local S3, DynamoDB and Kombo, without any function, so that only the test causes events. */
export const consoleServer = async (functions: ReadonlyMap<string, Lambda> = new Map()) => {
  const folder = await temporaryFolder();
  const database = await startDynamoDb(`${folder}/dynamodb`, 0);
  const kombo = await startKomboEmulator();
  const storage = await startS3({ directory: `${folder}/s3`, bucket, preferredPort: 0, onCreated: () => undefined });
  const dynamodb = new DynamoDBClient({ region, credentials: s3Credentials, endpoint: database.url });
  const s3 = new S3Client({ region, credentials: s3Credentials, endpoint: storage.url, forcePathStyle: true });
  await createTable(dynamodb, table);
  const env = functionEnvironment(
    {
      bucket,
      table,
      region,
      s3Url: storage.url,
      dynamodbUrl: database.url,
      komboUrl: kombo.url,
      komboApiKey: defaultApiKey,
      integrationId: sandboxIntegrationId,
    },
    {},
  );
  const events = new EventEmitter<StackEvents>();
  const server = await startConsole({
    stack: {
      bucket,
      table,
      settings: readSettings(env),
      s3,
      dynamodb,
      kombo,
      functions,
      events,
    },
    preferredPort: 0,
  });
  onTestFinished(async () => {
    await server.close();
    await kombo.close();
    await storage.close();
    await database.close();
    dynamodb.destroy();
    s3.destroy();
  });
  return { url: server.url, kombo, s3, dynamodb, events, bucket, table };
};

/** Reads the live stream of a page until an event fits. */
export const readLiveUntil = async (url: string, fits: (event: string, data: string) => boolean): Promise<string> => {
  const ending = new AbortController();
  const response = await fetch(url, { signal: ending.signal });
  let text = '';
  try {
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      for (const message of text.split('\n\n')) {
        const event = /^event: (.*)$/m.exec(message)?.[1] ?? '';
        const data = /^data: (.*)$/m.exec(message)?.[1] ?? '';
        if (fits(event, data)) return text;
      }
    }
  } finally {
    ending.abort();
  }
  throw new Error('The live stream ended before the event came.');
};
