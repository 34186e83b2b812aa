import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { createTable } from '../../infra/local/aws/dynamodb/create-table.ts';
import { startDynamoDb } from '../../infra/local/aws/dynamodb/server.ts';
import { type CreatedObject, s3Notification } from '../../infra/local/aws/events/s3-notification.ts';
import { buildHandlers } from '../../infra/local/aws/lambda/build-handlers.ts';
import { type Lambda, startLambda } from '../../infra/local/aws/lambda/function.ts';
import { functionEnvironment } from '../../infra/local/aws/lambda/function-environment.ts';
import { s3Credentials, startS3 } from '../../infra/local/aws/s3/server.ts';
import { defaultApiKey, type KomboEmulator, startKomboEmulator } from '../../infra/local/kombo/emulator.ts';
import { dynamoTable } from '../../lib/aws/dynamo-table.ts';
import { systemClock } from '../../lib/clock.ts';
import type { FailureCode } from '../../lib/failures/failures.ts';
import { accountLane } from '../../lib/lane/lane.ts';
import { type LaneStore, lanesOn } from '../../lib/lane/lane-store.ts';
import { ledgerOn } from '../../lib/ledger/ledger.ts';
import type { LedgerRecord } from '../../lib/ledger/record.ts';
import type { Table } from '../../lib/ledger/table.ts';
import type { Tool } from '../../lib/read-back/learn-tool.ts';
import { uploadId } from '../../lib/upload/upload.ts';
import { newFolder, remove } from '../fakes/temporary-folder.ts';
import { type Relay, type Rewrite, startRelay } from './relay.ts';

/**
 * The built functions over the real protocols, with the test's own integrations and a schedule that the test runs. By default,
 * faults pause no integration, because consecutive ones would count as an outage, and the files of a test would wait for each
 * other.
 */
export interface BuiltFunctions {
  readonly bucket: string;
  readonly kombo: KomboEmulator;
  /** The functions call this in place of Kombo; it forwards everything. */
  readonly komboRelay: Relay;
  /** The functions call this in place of S3; the client below does not. */
  readonly s3Relay: Relay;
  readonly s3: S3Client;
  readonly onUpload: Lambda;
  /** Puts an object without delivering its event. */
  put(key: string, body: Uint8Array): Promise<CreatedObject>;
  /** Puts an object and lets on-upload handle its event. */
  upload(key: string, body: Uint8Array): Promise<CreatedObject>;
  /** Delivers its event again. */
  send(object: CreatedObject): Promise<void>;
  recordOf(object: CreatedObject): Promise<LedgerRecord>;
  /** All objects that were put under a key, oldest first. */
  putUnder(key: string): readonly CreatedObject[];
  /** What the functions have learnt about a tool. */
  toolOf(integrationId: string): Promise<Tool>;
  /** The cause of a pause. */
  pauseOf(integrationId: string): Promise<FailureCode | undefined>;
  /** Lets time pass for the functions, but not for S3 and Kombo. Needs `movesTime`. */
  advance(ms: number): Promise<void>;
  /** One run of on-schedule, without a sweep unless the event asks for it. */
  run(event?: unknown): Promise<unknown>;
  /** The current time of the functions. */
  now(): number;
  readonly table: Table;
  readonly lanes: LaneStore;
  /** Runs on-schedule until all of these uploads fulfil the condition, for at most 20 s. */
  runUntil(objects: readonly CreatedObject[], isWanted: (record: LedgerRecord) => boolean): Promise<void>;
  end(): Promise<void>;
}

export interface BuiltFunctionsOptions {
  /** `<tool>:<id>` each. */
  readonly integrations: readonly string[];
  readonly settings?: Readonly<Record<string, string>>;
  readonly scheduleTimeoutMs?: number;
  /** Changes what Kombo answers. */
  readonly rewrite?: Rewrite;
  /** Consecutive faults pause an integration, as they do when deployed. */
  readonly countsOutages?: boolean;
  readonly movesTime?: boolean;
  /** How many runs of on-schedule may overlap; 1 by default. */
  readonly parallelRuns?: number;
  /** Called with each line that the functions print. */
  readonly onLine?: (line: string) => void;
}

/** Waits of fractions of a second instead of minutes. */
const quick = {
  RETRY_BASE_SECONDS: '0.02',
  READ_BACK_AFTER_SECONDS: '0.02',
  READ_BACK_AGAIN_SECONDS: '0.3',
  KOMBO_TIMEOUT_SECONDS: '3',
} as const;

const keyTemplates =
  '{integration_id}/candidates/{candidate_id}/{type}/{filename}|{integration_id}/applications/{application_id}/{type}/{filename}';

const movedClock = path.join(import.meta.dirname, 'moved-clock.ts');

const bucket = 'cv-inbox';
const region = 'eu-central-1';
const table = 'cv-courier-ledger';
const timeoutMs = 60_000;
/** Only stops what would never end: on a busy machine a hundred files take a minute. */
const longestRunsMs = 100_000;
const betweenRunsMs = 50;

export const startBuiltFunctions = async (options: BuiltFunctionsOptions): Promise<BuiltFunctions> => {
  const { integrations, settings = {}, scheduleTimeoutMs = timeoutMs, rewrite, countsOutages = false } = options;
  const folder = await newFolder();
  const created: CreatedObject[] = [];
  const [handlers, s3Server, database, kombo] = await Promise.all([
    buildHandlers({ names: ['on-upload', 'on-schedule'] }),
    startS3({ directory: folder, bucket, preferredPort: 0, onCreated: (object) => void created.push(object) }),
    startDynamoDb(undefined, 0),
    startKomboEmulator({ integrations }),
  ]);
  const [komboRelay, s3Relay] = await Promise.all([startRelay(kombo.url, rewrite), startRelay(s3Server.url)]);
  const account = { region, credentials: s3Credentials };
  const s3 = new S3Client({ ...account, endpoint: s3Server.url, forcePathStyle: true });
  const dynamodb = new DynamoDBClient({ ...account, endpoint: database.url });
  await createTable(dynamodb, table);
  const lanes = lanesOn(dynamoTable(dynamodb, table), systemClock);
  for (const id of countsOutages ? [] : [accountLane, ...integrations]) {
    await lanes.change(id, (lane) => ({ ...lane, outages: Number.MIN_SAFE_INTEGER }));
  }

  const env = functionEnvironment(
    {
      bucket,
      table,
      region,
      s3Url: s3Relay.url,
      dynamodbUrl: database.url,
      komboUrl: komboRelay.url,
      komboApiKey: defaultApiKey,
      integrationId: integrations[0] ?? '',
    },
    { ...quick, KEY_TEMPLATES: keyTemplates, ...settings },
  );
  const clockFile = path.join(folder, 'moved-clock');
  const clockEnv = options.movesTime && { NODE_OPTIONS: `--import=${movedClock}`, MOVED_CLOCK: clockFile };
  let movedMs = 0;
  await writeFile(clockFile, '0');
  const lambda = (name: string, limitMs: number, concurrency: number): Lambda =>
    startLambda({
      name,
      modulePath: handlers.find((handler) => handler.name === name)?.modulePath ?? '',
      env: { ...env, ...clockEnv, AWS_LAMBDA_FUNCTION_NAME: name },
      concurrency,
      timeoutMs: limitMs,
      retryDelaysMs: [],
      onLine: options.onLine ?? (() => undefined),
    });
  const onUpload = lambda('on-upload', timeoutMs, 4);
  const onSchedule = lambda('on-schedule', scheduleTimeoutMs, options.parallelRuns ?? 1);
  const ledger = ledgerOn({
    table: dynamoTable(dynamodb, table),
    clock: systemClock,
    uuid: randomUUID,
    retentionDays: 1,
  });

  const putUnder = (key: string): readonly CreatedObject[] => created.filter((object) => object.key === key);
  const put: BuiltFunctions['put'] = async (key, body) => {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
    const object = putUnder(key).at(-1);
    if (!object) throw new Error(`S3 reported no object ${key}.`);
    return object;
  };
  const send: BuiltFunctions['send'] = async (object) => {
    await onUpload.send(s3Notification(object, region));
  };
  const recordOf: BuiltFunctions['recordOf'] = async (object) => {
    const known = await ledger.read(uploadId({ bucket, key: object.key, etag: object.etag }));
    if (!known?.readable) throw new Error(`The ledger has no record of ${object.key}.`);
    return known.record;
  };
  const run: BuiltFunctions['run'] = (event = { task: 'due' }) => onSchedule.invoke(event);

  return {
    bucket,
    kombo,
    komboRelay,
    s3Relay,
    s3,
    onUpload,
    put,
    putUnder,
    upload: async (key, body) => {
      const object = await put(key, body);
      await send(object);
      return object;
    },
    send,
    recordOf,
    toolOf: (integrationId) => lanesOn(dynamoTable(dynamodb, table), systemClock).toolOf(integrationId),
    pauseOf: async (integrationId) => {
      const lane = await lanes.read(integrationId);
      return lane === 'unreadable' ? undefined : lane.pause?.code;
    },
    advance: async (ms) => {
      movedMs += ms;
      await writeFile(clockFile, String(movedMs));
    },
    run,
    now: () => Date.now() + movedMs,
    table: dynamoTable(dynamodb, table),
    lanes,
    runUntil: async (objects, isWanted) => {
      const endAt = Date.now() + longestRunsMs;
      for (;;) {
        const records = await Promise.all(objects.map(recordOf));
        if (records.every(isWanted) || Date.now() > endAt) return;
        await run();
        await sleep(betweenRunsMs);
      }
    },
    end: async () => {
      await Promise.all([onUpload.close(1_000), onSchedule.close(1_000)]);
      s3.destroy();
      dynamodb.destroy();
      await Promise.all([komboRelay.close(), s3Relay.close()]);
      await Promise.all([s3Server.close(), database.close(), kombo.close()]);
      await remove(folder);
    },
  };
};
