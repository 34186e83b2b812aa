import type { Context, SQSBatchResponse } from 'aws-lambda';
import { OwnError } from '../lib/failures/own-error.ts';
import type { KeyTemplate } from '../lib/key-template/match-key.ts';
import type { Outcome } from '../lib/outcome.ts';
import { logger } from '../lib/telemetry/logger.ts';
import { fieldsOf } from '../lib/telemetry/observe.ts';
import { targetKey } from '../lib/upload/target.ts';
import { countRefused } from './events/count-refused.ts';
import { parseUploadEvent } from './events/upload-event.ts';
import { withMiddleware } from './middleware.ts';
import { deliverEntries, type Unfinished } from './on-upload/deliver-entries.ts';
import { sqsBatchResponse } from './on-upload/sqs-response.ts';
import { runtime } from './runtime.ts';
import { deadlineOf } from './time-budget.ts';

/** The response to every sender except SQS. S3 and EventBridge do not read it. */
export interface UploadAnswer {
  readonly outcomes: readonly Record<string, unknown>[];
}

/**
 * Handles new objects in the bucket, reported by S3 directly, through SQS or SNS, by EventBridge, or by a scan verdict.
 * @throws when only a retry or the failure queue can preserve the event: the ledger could not be written, time ran out,
 *   or the event is not understood
 */
export const handler = withMiddleware(
  async (event: unknown, context: Context): Promise<UploadAnswer | SQSBatchResponse> => {
    const courier = runtime();
    const { settings, clock } = courier;
    const { envelope, entries } = parseUploadEvent(event, settings);
    for (const { request } of entries) if (request.kind === 'refused') countRefused(request.code);
    const deadline = deadlineOf(context, clock);
    try {
      const { outcomes, unfinished } = await deliverEntries(entries, deadline, courier);
      if (envelope === 'sqs') return sqsBatchResponse(messageIdsOf(unfinished));
      if (unfinished.length > 0) throw new UnfinishedUploads(unfinished.map(({ reason }) => reason));
      return { outcomes: outcomes.map((outcome: Outcome) => answerOf(outcome, settings.keyTemplates)) };
    } finally {
      deadline.clear();
    }
  },
);

/** The same fields as the log line, but with complete ids, because the caller already has the key. */
const answerOf = (outcome: Outcome, templates: readonly KeyTemplate[]): Record<string, unknown> => {
  const fields = fieldsOf(outcome, templates);
  const target = 'target' in outcome ? outcome.target : undefined;
  return target ? { ...fields, target: targetKey(target), integration: target.integrationId } : fields;
};

/** An SQS entry without a message id can be preserved only by failing the whole batch. */
const messageIdsOf = (unfinished: readonly Unfinished[]): string[] => {
  const orphan = unfinished.find(({ messageId }) => messageId === undefined);
  if (orphan) throw new UnfinishedUploads([orphan.reason]);
  return unfinished.flatMap(({ messageId }) => messageId ?? []);
};

/** Lambda retries the event and then sends it to the failure queue. Uploads that have settled are not sent again. */
class UnfinishedUploads extends OwnError {
  override readonly name = 'UnfinishedUploads';

  constructor(reasons: readonly string[]) {
    super([...new Set(reasons)].join(' '));
    logger.error('The event failed: Lambda retries it, then sends it to the failure queue.', { reasons });
  }
}
