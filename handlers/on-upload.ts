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

/** What the function answers to any sender but SQS; S3 and EventBridge do not read it. */
export interface UploadAnswer {
  readonly outcomes: readonly Record<string, unknown>[];
}

/**
 * An object was put into the bucket: notified by S3 itself, through SQS or SNS, by EventBridge, or by its scan verdict.
 * @throws when something must not be lost and only a repeat or the failure queue can keep it: the ledger could not be
 *   written, time ran out, or the event is not understood.
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

/** As its log line; the caller has the key, so ids need no mask. */
const answerOf = (outcome: Outcome, templates: readonly KeyTemplate[]): Record<string, unknown> => {
  const fields = fieldsOf(outcome, templates);
  const target = 'target' in outcome ? outcome.target : undefined;
  return target ? { ...fields, target: targetKey(target), integration: target.integrationId } : fields;
};

/** An entry that came with SQS but without the id of its message can only be kept by failing the whole batch. */
const messageIdsOf = (unfinished: readonly Unfinished[]): string[] => {
  const orphan = unfinished.find(({ messageId }) => messageId === undefined);
  if (orphan) throw new UnfinishedUploads([orphan.reason]);
  return unfinished.flatMap(({ messageId }) => messageId ?? []);
};

/** Lambda repeats the event and then sends it to the failure queue; what was settled is not sent again. */
class UnfinishedUploads extends OwnError {
  override readonly name = 'UnfinishedUploads';

  constructor(reasons: readonly string[]) {
    super([...new Set(reasons)].join(' '));
    logger.error('The event fails: Lambda repeats it, then the failure queue keeps it.', { reasons });
  }
}
