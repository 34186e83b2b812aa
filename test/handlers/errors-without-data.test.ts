import { DynamoDBClient, DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { type Loopback, startLoopback } from '../worlds/loopback.ts';
import { eventOf } from '../worlds/s3-event.ts';

const canary = 'Zebulon Quux';

const loopback = await startLoopback();
await loopback.put('candidates/GRK1/CV.pdf');
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(loopback.stop);

const quoting = {
  name: 'ValidationException',
  $fault: 'client',
  message: `The value "${canary}" is not valid.`,
  $metadata: { httpStatusCode: 400, requestId: canary },
} as const;

/** Like AWS's errors: a message, fields and a response that may all quote the request. */
const withFields = (error: Error): Error =>
  Object.assign(error, { Item: { pk: { S: canary } }, $response: { body: canary }, cause: new Error(canary) });

const faults = {
  dynamodb: withFields(new DynamoDBServiceException(quoting)),
  s3: withFields(new S3ServiceException({ ...quoting, name: 'InternalError' })),
  // Not from AWS: a defect, or an error of Node.
  defect: withFields(new TypeError(`Cannot read "${canary}"\n    at ${canary}`)),
};

/** What Lambda's runtime logs of an error that a handler throws: also its fields and its stack. */
const loggedByLambda = (error: unknown): string =>
  error instanceof Error
    ? JSON.stringify({ errorType: error.name, errorMessage: error.message, ...error, stack: error.stack })
    : String(error);

/** Everything that leaves the function: its log lines, and its answer or its error. */
const everythingOf = async (name: Parameters<Loopback['invoke']>[0], event: unknown): Promise<string> => {
  const { logger } = await import('../../lib/telemetry/logger.ts');
  const lines: unknown[] = [];
  for (const level of ['info', 'warn', 'error'] as const) {
    vi.spyOn(logger, level).mockImplementation((...line) => void lines.push(line));
  }
  const end = await loopback.invoke(name, event).then((answer) => JSON.stringify(answer), loggedByLambda);
  return `${JSON.stringify(lines)}\n${end}`;
};

const key = 'candidates/GRK1/CV.pdf';
const requests = [
  ['on-upload', eventOf({ key })],
  ['on-schedule', {}],
  ['on-schedule', { task: 'sweep' }],
  [
    'on-batch',
    {
      invocationSchemaVersion: '1.0',
      invocationId: 'i',
      job: { id: 'j' },
      tasks: [{ taskId: 't', s3Key: key, s3VersionId: null, s3BucketArn: 'arn:aws:s3:::cv-inbox' }],
    },
  ],
  ['on-demand', { action: 'attach', key }],
  ['on-demand', { action: 'status' }],
  ['on-demand', { action: 'check' }],
] as const;

test.each(
  requests.flatMap(([name, event]) =>
    Object.entries(faults).map(([fault, error]) => [name, event, fault, error] as const),
  ),
)('the function %s called with %j quotes nothing of an error: %s', async (name, event, fault, error) => {
  const refuse = async () => {
    throw error;
  };
  vi.spyOn(fault === 's3' ? S3Client.prototype : DynamoDBClient.prototype, 'send').mockImplementation(refuse);
  const everything = await everythingOf(name, event);
  expect(everything).not.toContain('Quux');
  // Not every request and not every answer concerns S3.
  if (fault !== 's3') expect(everything).toMatch(/ValidationException \(HTTP 400\)|InternalError|TypeError/);
});

test('a defect keeps the places of its stack, by which it is found', async () => {
  const { runtime } = await import('../../handlers/runtime.ts');
  vi.spyOn(runtime().lanes, 'read').mockImplementation(async () => {
    throw faults.defect;
  });
  const everything = await everythingOf('on-demand', { action: 'pause', integration_id: 'account', reason: 'A test.' });
  expect(everything).not.toContain('Quux');
  expect(everything).toContain('errors-without-data.test.ts');
});
