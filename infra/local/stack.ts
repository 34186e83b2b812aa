import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { dynamoTable } from '../../lib/aws/dynamo-table.ts';
import { systemClock } from '../../lib/clock.ts';
import { readSettings, type Settings } from '../../lib/config/config.ts';
import { literalPrefixes } from '../../lib/key-template/match-key.ts';
import { type Ledger, ledgerOn } from '../../lib/ledger/ledger.ts';
import { encodeEventKey } from '../../lib/upload/object-key.ts';
import { createTable } from './aws/dynamodb/create-table.ts';
import { startDynamoDb } from './aws/dynamodb/server.ts';
import { createBucketTrigger, type Dispatch } from './aws/events/bucket-trigger.ts';
import type { CreatedObject } from './aws/events/s3-notification.ts';
import { startSchedule } from './aws/events/schedule.ts';
import { type BuildHandlersOptions, buildHandlers } from './aws/lambda/build-handlers.ts';
import type { Lambda } from './aws/lambda/function.ts';
import { functionEnvironment } from './aws/lambda/function-environment.ts';
import { startFunctions } from './aws/lambda/start-functions.ts';
import { type BusEvent, localPipe } from './aws/pipes/pipe.ts';
import { s3Credentials, startS3 } from './aws/s3/server.ts';
import { startConsole } from './console/server/server.ts';
import { defaultApiKey, type KomboEmulator, sandboxIntegrationId, startKomboEmulator } from './kombo/emulator.ts';
import { startControl } from './process/control-server.ts';
import { onFreePort } from './process/listen.ts';
import { claimStateFolder } from './process/state-folder.ts';

export interface StackOptions {
  /** The folder for objects, ledger, attachments and logs. */
  readonly stateDir: string;
  /** Deletes the data of earlier runs. */
  readonly fresh?: boolean;
  /** The first port: S3, then DynamoDB, Kombo, control server and console. Default: 0, which takes free ports. */
  readonly portBase?: number;
  /** Environment variables that contain settings of the functions, such as TRANSFER. Default: none. */
  readonly shell?: Readonly<Record<string, string | undefined>>;
  /** More environment variables for the functions. They are not settings. Default: none. */
  readonly functionEnv?: Readonly<Record<string, string>>;
  /** The handlers to run, and the folder of their bundles. Default: all, in dist/. */
  readonly handlers?: BuildHandlersOptions;
  readonly scheduleEveryMs?: number;
  /** Integrations of the Kombo emulator, each in the form `<tool>:<id>`. Default: its own two. */
  readonly integrations?: readonly string[];
  /** Serves the console page, where files can be dropped. Default: no. */
  readonly console?: boolean;
  /** Waits before a failed event is retried. */
  readonly retryDelaysMs?: readonly number[];
}

export interface StackEvents {
  dispatched: [Dispatch];
  unwatched: [CreatedObject];
  /** A line of a function's log. */
  line: [functionName: string, line: string];
  /** An event that the deployed stack would put on your event bus. */
  outcome: [BusEvent];
}

/** A running stack: everything that the deployed system needs, on this machine. */
export interface Stack {
  readonly bucket: string;
  readonly table: string;
  readonly region: string;
  /** The settings as the functions parse them. */
  readonly settings: Settings;
  readonly endpoints: Readonly<Record<'s3' | 'dynamodb' | 'kombo' | 'control', string>> & { readonly console?: string };
  readonly s3: S3Client;
  readonly dynamodb: DynamoDBClient;
  readonly ledger: Ledger;
  readonly kombo: KomboEmulator;
  /** The built functions by name; on-upload is always among them. */
  readonly functions: ReadonlyMap<string, Lambda>;
  readonly events: EventEmitter<StackEvents>;
  /** Ends everything. Running deliveries get a short time to finish; the next run recovers the others. */
  close(): Promise<void>;
}

const bucket = 'cv-courier-local';
const table = 'cv-courier-ledger';
const region = 'eu-central-1';
const defaultScheduleEveryMs = 15_000;
const defaultRetryDelaysMs = [1_000, 2_000];

/**
 * Starts S3, DynamoDB, Kombo and the built functions, connected as in serverless.yml.
 * @throws {StackRunning} when another stack uses the folder
 * @throws {ConfigurationError} when a setting in `shell` is wrong
 * @throws {BundleError} when a handler does not compile
 */
export const startStack = async (options: StackOptions): Promise<Stack> => {
  const { stateDir, fresh = false, portBase = 0, shell = {} } = options;
  const { scheduleEveryMs = defaultScheduleEveryMs, retryDelaysMs = defaultRetryDelaysMs } = options;
  const port = (offset: number) => (portBase === 0 ? 0 : portBase + offset);
  const closers: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    // In reverse order, so that no part waits for one that is already closed.
    const failures: unknown[] = [];
    for (const closer of closers.splice(0).reverse()) {
      try {
        await closer();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'A part of the local stack did not close properly.');
  };

  try {
    const folder = await claimStateFolder(stateDir, { fresh });
    closers.push(folder.release);
    const handlers = await buildHandlers(options.handlers);

    const database = await startDynamoDb(folder.dynamodb, port(1));
    closers.push(database.close);
    const kombo = await onFreePort(port(2), (candidate) =>
      startKomboEmulator({
        port: candidate,
        stateFile: folder.komboFile,
        ...(options.integrations && { integrations: options.integrations }),
      }),
    );
    closers.push(kombo.close);
    const account = { region, credentials: s3Credentials };
    const dynamodb = new DynamoDBClient({ ...account, endpoint: database.url });
    closers.push(() => dynamodb.destroy());
    await createTable(dynamodb, table);

    const events = new EventEmitter<StackEvents>();
    const pipe = await localPipe(region, 'local');
    closers.push(
      database.onWrite((write) => {
        const event = write.tableName === table ? pipe(write) : undefined;
        if (event) events.emit('outcome', event);
      }),
    );
    // The functions need the URL of S3, so S3 starts before the trigger that receives its events.
    let trigger: (object: CreatedObject) => void = () => undefined;
    const storage = await startS3({
      directory: folder.s3,
      bucket,
      preferredPort: port(0),
      onCreated: (object) => trigger(object),
    });
    // Closed after the functions, which use it until they end.
    closers.push(storage.close);
    const s3 = new S3Client({ ...account, endpoint: storage.url, forcePathStyle: true });
    closers.push(() => s3.destroy());

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
      shell,
    );
    const settings = readSettings(env);

    const functions = startFunctions({
      handlers,
      env: { ...env, ...options.functionEnv },
      logs: folder.logs,
      retryDelaysMs,
      onLine: (name, line) => events.emit('line', name, line),
    });
    closers.push(functions.close);
    const onUpload = functions.byName.get('on-upload');
    if (onUpload) {
      trigger = createBucketTrigger({
        onUpload,
        region,
        prefixes: literalPrefixes(settings.keyTemplates).map(encodeEventKey),
        onDispatch: (dispatch) => events.emit('dispatched', dispatch),
        onUnwatched: (object) => events.emit('unwatched', object),
      });
    }
    const onSchedule = functions.byName.get('on-schedule');
    if (onSchedule) closers.push(startSchedule(scheduleEveryMs, region, (event) => onSchedule.send(event)));

    const control = await startControl(functions.byName, port(3));
    closers.push(control.close);

    const endpoints = { s3: storage.url, dynamodb: database.url, kombo: kombo.url, control: control.url };
    const parts = { bucket, table, region, settings, s3, dynamodb, kombo, functions: functions.byName, events };
    const page = options.console ? await startConsole({ stack: parts, preferredPort: port(4) }) : undefined;
    if (page) closers.push(page.close);
    await folder.announce({ controlUrl: control.url, ...(page && { consoleUrl: page.url }) });

    return {
      ...parts,
      endpoints: { ...endpoints, ...(page && { console: page.url }) },
      ledger: ledgerOn({
        table: dynamoTable(dynamodb, table),
        clock: systemClock,
        uuid: randomUUID,
        retentionDays: settings.ledgerRetentionDays,
      }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};
