import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { awsConnectTimeoutMs, dynamodbTimeoutMs, s3TimeoutMs } from '../limits.ts';

/**
 * Timeouts of a call, in milliseconds, after which the SDK repeats it on another connection. Without them a call can
 * wait until the function ends, because a connection that died while the function was frozen reports no error.
 */
const timeouts = (requestTimeout: number) => ({
  connectionTimeout: awsConnectTimeoutMs,
  requestTimeout,
  // By default the SDK only warns.
  throwOnRequestTimeout: true,
});

/** @param answerMs timeout for the start of a response, and for silence within it */
export const dynamodbClient = (answerMs = dynamodbTimeoutMs): DynamoDBClient =>
  new DynamoDBClient({ requestHandler: { ...timeouts(answerMs), socketTimeout: answerMs } });

/**
 * @param options.answerMs timeout for the start of a response; `stream/stall-timeout.ts` limits silence within a body
 */
export const s3Client = ({ forcePathStyle = false, answerMs = s3TimeoutMs } = {}): S3Client =>
  new S3Client({
    forcePathStyle,
    requestHandler: timeouts(answerMs),
    // The checksum is verified while the body is streamed, so the SDK need not do it.
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
