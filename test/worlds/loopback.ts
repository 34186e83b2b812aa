import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Context } from 'aws-lambda';
import { s3Credentials, startS3 } from '../../infra/local/aws/s3/server.ts';
import { greenhouseIntegrationId, type KomboEmulator, startKomboEmulator } from '../../infra/local/kombo/emulator.ts';
import { s3Storage } from '../../lib/aws/s3-storage.ts';
import type { Storage } from '../../lib/upload/storage.ts';
import { bareEtag } from '../../lib/upload/upload.ts';
import { pdf } from '../fakes/files.ts';
import { type LocalDynamo, startLocalDynamo } from '../fakes/local-table.ts';

export interface PutObject {
  readonly key: string;
  readonly etag: string;
  readonly sizeBytes: number;
  /** Only in a bucket with versions. */
  readonly versionId?: string;
}

export interface Loopback {
  readonly kombo: KomboEmulator;
  readonly dynamo: LocalDynamo;
  readonly storage: Storage;
  /** Puts a PDF, and returns its description in the event. */
  put(key: string, body?: Uint8Array, metadata?: Record<string, string>): Promise<PutObject>;
  /** Changes the last byte of every object on the disk, but not their checksums. */
  damageObjects(): Promise<void>;
  /** The real handler with the real clients, as Lambda would call it. */
  invoke(
    name: 'on-upload' | 'on-schedule' | 'on-demand' | 'on-batch',
    event: unknown,
    remainingMs?: number,
  ): Promise<unknown>;
  stop(): Promise<void>;
}

export const context = (remainingMs = 300_000): Context => ({
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'test',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:test',
  memoryLimitInMB: '192',
  awsRequestId: 'request-1',
  logGroupName: 'test',
  logStreamName: 'test',
  getRemainingTimeInMillis: () => remainingMs,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
});

/** S3, DynamoDB and Kombo on this machine, and the handlers with an environment that points to them. */
export const startLoopback = async ({ versioning = true } = {}): Promise<Loopback> => {
  const directory = await mkdtemp(path.join(tmpdir(), 'cv-courier-handlers-'));
  const bucket = 'cv-inbox';
  const [s3, dynamo, kombo] = await Promise.all([
    startS3({ directory, bucket, preferredPort: 0, onCreated: () => undefined, versioning }),
    startLocalDynamo(),
    startKomboEmulator(),
  ]);
  const { name: table } = await dynamo.newTable();
  const { endpoint } = dynamo.client.config;
  const { hostname, port } = (await endpoint?.()) ?? {};
  // The environment is read once, at the first invocation; every test file has its own process.
  Object.assign(process.env, {
    BUCKET: bucket,
    LEDGER_TABLE: table,
    KOMBO_BASE_URL: kombo.url,
    KOMBO_API_KEY: 'ks_dev_local',
    KOMBO_INTEGRATION_ID: greenhouseIntegrationId,
    S3_FORCE_PATH_STYLE: 'true',
    AWS_ENDPOINT_URL_S3: s3.url,
    AWS_ENDPOINT_URL_DYNAMODB: `http://${hostname}:${port}`,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: s3Credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3Credentials.secretAccessKey,
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
  });
  const client = new S3Client({
    endpoint: s3.url,
    region: 'eu-central-1',
    forcePathStyle: true,
    credentials: s3Credentials,
    // An upload without a checksum gets the one that S3 computes: CRC64NVME.
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  const handlers = {
    'on-upload': async () => (await import('../../handlers/on-upload.ts')).handler,
    'on-schedule': async () => (await import('../../handlers/on-schedule.ts')).handler,
    'on-demand': async () => (await import('../../handlers/on-demand.ts')).handler,
    'on-batch': async () => (await import('../../handlers/on-batch.ts')).handler,
  };
  return {
    kombo,
    dynamo,
    storage: s3Storage(client),
    put: async (key, body = pdf, metadata = {}) => {
      const file = { Bucket: bucket, Key: key, Body: body, ContentType: 'application/pdf', Metadata: metadata };
      const command = new PutObjectCommand(file);
      const { ETag = '', VersionId: versionId } = await client.send(command);
      return { key, etag: bareEtag(ETag), sizeBytes: body.length, ...(versionId !== undefined && { versionId }) };
    },
    damageObjects: async () => {
      const folder = path.join(directory, 'data');
      for (const name of await readdir(folder)) {
        const bytes = await readFile(path.join(folder, name));
        bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
        await writeFile(path.join(folder, name), bytes);
      }
    },
    invoke: async (name, event, remainingMs) => (await handlers[name]())(event, context(remainingMs)),
    stop: async () => {
      client.destroy();
      await Promise.all([s3.close(), dynamo.stop(), kombo.close()]);
      await rm(directory, { recursive: true, force: true });
    },
  };
};
