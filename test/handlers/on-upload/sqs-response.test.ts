import { expect, test } from 'vitest';
import { sqsBatchResponse } from '../../../handlers/on-upload/sqs-response.ts';

test('names the failed messages in order, and no others', () => {
  expect(sqsBatchResponse(['m2', 'm5'])).toEqual({
    batchItemFailures: [{ itemIdentifier: 'm2' }, { itemIdentifier: 'm5' }],
  });
});

test('names a message once although two of its items failed', () => {
  expect(sqsBatchResponse(['m1', 'm1'])).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
});

test('names nobody when all went well: the whole batch is done', () => {
  expect(sqsBatchResponse(new Set())).toEqual({ batchItemFailures: [] });
});
