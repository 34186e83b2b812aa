import type { Context, SQSBatchResponse } from 'aws-lambda';
import type { Outcome } from '../lib/outcome.ts';
import { logger } from '../lib/telemetry/logger.ts';
import { fieldsOf } from '../lib/telemetry/observe.ts';
import { parseUploadEvent } from './events/upload-event.ts';
import { withStack } from './middleware.ts';
import { handleEntries } from './on-upload/deliver-entries.ts';
import { sqsBatchResponse } from './on-upload/sqs-response.ts';
import { runtime } from './runtime.ts';
import { deadlineOf } from './time-budget.ts';

/** What the function answers to anyone but SQS; S3 and EventBridge do not look at it. */
export interface UploadAnswer {
  readonly outcomes: readonly Record<string, unknown>[];
}

/**
 * An object was put into the bucket: natively notified, through SQS or SNS, by EventBridge, or by its scan verdict.
 * @throws when something must not be lost and only a repeat or the failure queue can keep it: the ledger could not be
 *   written, time ran out, or the event is not understood.
 */
export const handler = withStack(async (event: unknown, context: Context): Promise<UploadAnswer | SQSBatchResponse> => {
  const { config, ...deps } = runtime();
  const parsed = parseUploadEvent(event, config);
  const deadline = deadlineOf(context, deps.clock);
  try {
    const { outcomes, unfinished } = await handleEntries(parsed.entries, deadline, deps);
    if (parsed.envelope === 'sqs') return sqsBatchResponse(messagesOf(unfinished));
    if (unfinished.length > 0) throw new UnfinishedUploads(unfinished.map(({ reason }) => reason));
    return { outcomes: outcomes.map((outcome: Outcome) => fieldsOf(outcome, config.keyTemplates)) };
  } finally {
    deadline.clear();
  }
});

/** An entry that came with SQS but without the id of its message can only be kept by failing the whole batch. */
const messagesOf = (unfinished: readonly { messageId?: string; reason: string }[]): string[] => {
  const orphan = unfinished.find(({ messageId }) => messageId === undefined);
  if (orphan) throw new UnfinishedUploads([orphan.reason]);
  return unfinished.flatMap(({ messageId }) => messageId ?? []);
};

/** Lambda repeats the event and then gives it to the failure queue; what was settled is not sent again. */
class UnfinishedUploads extends Error {
  override readonly name = 'UnfinishedUploads';

  constructor(reasons: readonly string[]) {
    super([...new Set(reasons)].join(' '));
    logger.error('The event is given back: it is repeated, then kept in the failure queue.', { reasons });
  }
}
