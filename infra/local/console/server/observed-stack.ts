import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Settings } from '../../../../lib/config/config.ts';
import type { Dispatch } from '../../aws/events/bucket-trigger.ts';
import type { Lambda } from '../../aws/lambda/function.ts';
import type { BusEvent } from '../../aws/pipes/pipe.ts';
import type { KomboEmulator } from '../../kombo/emulator.ts';

interface Subscribe {
  (event: 'dispatched', listener: (dispatch: Dispatch) => void): unknown;
  (event: 'line', listener: (functionName: string, line: string) => void): unknown;
  (event: 'outcome', listener: (event: BusEvent) => void): unknown;
}

/**
 * The parts of a stack that the console needs. It only reads, except where a user asks for a change. The interface is
 * declared here, so that the stack imports the console and never the other way round.
 */
export interface ObservedStack {
  readonly bucket: string;
  readonly table: string;
  /** The settings as the functions parse them. */
  readonly settings: Settings;
  readonly s3: S3Client;
  readonly dynamodb: DynamoDBClient;
  readonly kombo: KomboEmulator;
  readonly functions: ReadonlyMap<string, Pick<Lambda, 'invoke'>>;
  /** A new object in the bucket, or a log line of a function: the console reads again. */
  readonly events: { readonly on: Subscribe; readonly off: Subscribe };
}
