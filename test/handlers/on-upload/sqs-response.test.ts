import { expect, test } from 'vitest';
import { sqsBatchResponse } from '../../../handlers/on-upload/sqs-response.ts';

test('the SQS response names the failed messages in order, and no others', () => {
  expect(sqsBatchResponse(['m2', 'm5'])).toEqual({
    batchItemFailures: [{ itemIdentifier: 'm2' }, { itemIdentifier: 'm5' }],
  });
});

test('the SQS response names a message once even if two of its items failed', () => {
  expect(sqsBatchResponse(['m1', 'm1'])).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
});

test('the SQS response names no message when all succeeded: the whole batch is done', () => {
  expect(sqsBatchResponse(new Set())).toEqual({ batchItemFailures: [] });
});
