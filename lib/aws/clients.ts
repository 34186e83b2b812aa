import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';

/**
 * How long a call waits for its answer before the SDK repeats it on another connection. Without a limit it waits as long
 * as the function may run: a connection that died while the function was frozen says nothing. Milliseconds.
 */
const patience = (requestTimeout: number) => ({
  connectionTimeout: 1_000,
  requestTimeout,
  // The SDK would only warn otherwise.
  throwOnRequestTimeout: true,
});

/** @param answerMs until an answer begins, and how long it may be silent in the middle */
export const dynamodbClient = (answerMs = 1_500): DynamoDBClient =>
  // Two dead connections, one after the other, and an outcome is still written in the time kept free for it.
  new DynamoDBClient({ requestHandler: { ...patience(answerMs), socketTimeout: answerMs } });

/**
 * @param options.answerMs until an answer begins; how long a body may be silent is the business of `body/until-stalled.ts`
 */
export const s3Client = ({ forcePathStyle = false, answerMs = 8_000 } = {}): S3Client =>
  new S3Client({
    forcePathStyle,
    requestHandler: patience(answerMs),
    // The body verifies the checksum itself, so the SDK need not.
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
