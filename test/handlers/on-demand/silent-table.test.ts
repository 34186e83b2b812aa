import { DynamoDBClient, DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { actions } from '../../../handlers/on-demand/actions.ts';
import type { Answer } from '../../../handlers/on-demand/answer/answer.ts';
import { startLoopback } from '../../worlds/loopback.ts';

const loopback = await startLoopback();
await loopback.put('candidates/GRK123/Frank Doe CV.pdf');
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(loopback.stop);

const ofDynamo = (name: string, httpStatusCode: number) =>
  new DynamoDBServiceException({ name, $fault: 'client', $metadata: { httpStatusCode }, message: 'No.' });

const faults: readonly (readonly [string, Error])[] = [
  ['cannot be reached', Object.assign(new Error('connect 10.0.0.1:443'), { code: 'ECONNREFUSED' })],
  ['has no credentials', Object.assign(new Error('No.'), { name: 'CredentialsProviderError' })],
  ['throttles', ofDynamo('ProvisionedThroughputExceededException', 400)],
  ['is denied', ofDynamo('AccessDeniedException', 400)],
  ['does not exist', ofDynamo('ResourceNotFoundException', 400)],
  ['is broken', ofDynamo('InternalServerError', 500)],
  ['does not answer in time', Object.assign(new Error('No.'), { name: 'TimeoutError' })],
];

const since = (): string => new Date(Date.now() - 3_600_000).toISOString();
const requests = actions.map(
  ({ name, example }) => [name, name === 'restored' ? { ...example, since: since() } : example] as const,
);

/** The sentence comes first. "check" lists what it could not test. */
const expectAnswer = (name: string, answer: Answer): void => {
  expect(answer).toMatchObject({ ok: false, message: expect.stringMatching(/^[A-Z0-9].*\.$/s) });
  if (name !== 'check') expect(answer.message.length).toBeLessThan(700);
};

describe.each(faults)('a table that %s', (_, fault) => {
  test.each(requests)('%s answers although the table does not', async (name, request) => {
    vi.spyOn(DynamoDBClient.prototype, 'send').mockImplementation(async () => {
      throw fault;
    });
    expectAnswer(name, (await loopback.invoke('on-demand', request)) as Answer);
  });
});

test('when the table hangs, every action answers before the function ends', async () => {
  vi.spyOn(DynamoDBClient.prototype, 'send').mockImplementation(() => new Promise(() => undefined));
  const late: string[] = [];
  await Promise.all(
    requests.map(async ([name, request]) => {
      // The function's own limit, of which two seconds are for the answer.
      const limitMs = 4_000;
      const end = setTimeout(() => late.push(name), limitMs);
      expectAnswer(name, (await loopback.invoke('on-demand', request, limitMs)) as Answer);
      clearTimeout(end);
    }),
  );
  expect(late).toEqual([]);
});
