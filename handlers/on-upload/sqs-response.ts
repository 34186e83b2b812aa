import type { SQSBatchResponse } from 'aws-lambda';

/**
 * Reports to SQS which messages of a batch to deliver again; all others are deleted. A message that carried several
 * requests is named once; an empty list means that none failed. The event source needs `ReportBatchItemFailures`;
 * without it Lambda deletes the whole batch, whatever is returned here. For standard queues only: a FIFO queue would
 * lose its order, because the messages after a failed one are not named.
 * @see AWS Lambda Developer Guide, "Handling errors for an SQS event source in Lambda"
 */
export const sqsBatchResponse = (failedMessageIds: Iterable<string>): SQSBatchResponse => ({
  batchItemFailures: [...new Set(failedMessageIds)].map((itemIdentifier) => ({ itemIdentifier })),
});
