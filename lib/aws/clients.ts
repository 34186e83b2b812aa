import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { awsConnectTimeoutMs, dynamodbTimeoutMs, s3TimeoutMs } from '../limits.ts';

/**
 * How long a call waits for its answer before the SDK repeats it on another connection. Without a limit it waits as long
 * as the function may run, because a connection that died while the function was frozen reports no error. Milliseconds.
 */
const timeouts = (requestTimeout: number) => ({
  connectionTimeout: awsConnectTimeoutMs,
  requestTimeout,
  // The SDK would only warn otherwise.
  throwOnRequestTimeout: true,
});

/** @param answerMs until an answer begins, and how long it may be silent in the middle */
export const dynamodbClient = (answerMs = dynamodbTimeoutMs): DynamoDBClient =>
  new DynamoDBClient({ requestHandler: { ...timeouts(answerMs), socketTimeout: answerMs } });

/**
 * @param options.answerMs until an answer begins; `stream/stall-timeout.ts` limits how long a body may be silent
 */
export const s3Client = ({ forcePathStyle = false, answerMs = s3TimeoutMs } = {}): S3Client =>
  new S3Client({
    forcePathStyle,
    requestHandler: timeouts(answerMs),
    // The body verifies the checksum itself, so the SDK need not.
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
