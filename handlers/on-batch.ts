import type { Context, S3BatchResult } from 'aws-lambda';
import { ConfigurationError } from '../lib/config/config.ts';
import { eventFailures } from '../lib/failures/event-failures.ts';
import { OwnError } from '../lib/failures/own-error.ts';
import { parallelDeliveries } from '../lib/limits.ts';
import { inParallel } from '../lib/parallel.ts';
import { logger } from '../lib/telemetry/logger.ts';
import { type BatchEvent, parseBatchEvent } from './events/batch-event.ts';
import { reportRefused } from './events/count-refused.ts';
import { shapeOf } from './events/envelope.ts';
import { withMiddleware } from './middleware.ts';
import { runTask } from './on-batch/run-task.ts';
import { permanent, type TaskResult } from './on-batch/task-result.ts';
import { runtime } from './runtime.ts';
import { deadlineOf } from './time-budget.ts';

/**
 * Handles an invocation by S3 Batch Operations. S3 sends one task at a time today; several would run concurrently.
 * @throws {OwnError} only for any other event, because its sender would not understand a result
 */
export const handler = withMiddleware(async (event: unknown, context: Context): Promise<S3BatchResult> => {
  const courier = readyCourier();
  if (courier instanceof ConfigurationError) {
    logger.error('The configuration is invalid.', { problems: courier.problems });
    const problem = permanent(
      'CONFIGURATION: the settings of the function are invalid; run the action "check" of on-demand.',
    );
    return answerOf(parseTasks(event, ''), () => problem);
  }
  const batch = parseTasks(event, courier.settings.bucket);
  // The job's report says so too, but its reader may not operate this stack.
  for (const task of batch.tasks) if (task.kind === 'refused') reportRefused(task.code, task.detail);
  const deadline = deadlineOf(context, courier.clock);
  try {
    const results = new Map<string, TaskResult>();
    const always = (): boolean => true;
    await inParallel(batch.tasks, parallelDeliveries, always, async (task) => {
      results.set(task.taskId, await runTask(task, deadline, courier));
    });
    return answerOf(batch, (taskId) => results.get(taskId));
  } finally {
    deadline.clear();
  }
});

const readyCourier = () => {
  try {
    return runtime();
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
};

const parseTasks = (event: unknown, bucket: string): BatchEvent => {
  const batch = parseBatchEvent(event, bucket);
  if (batch) return batch;
  const shape = shapeOf(event);
  const what = shape.kind === 'unreadable' ? shape.what : 'an event of another AWS service';
  // A test event that an operator sends from the console must not set off the alarm.
  const code = shape.kind === 'unreadable' && eventFailures[shape.code].byHand ? shape.code : 'EVENT_UNKNOWN';
  const advice =
    'Create a job of S3 Batch Operations; to send one object by hand, use on-demand: {"action":"attach","key":"..."}.';
  reportRefused(code, `This is not an invocation by S3 Batch Operations, but ${what}.`, advice);
  throw new OwnError(`This is not an invocation by S3 Batch Operations. ${advice}`);
};

const answerOf = (
  { schemaVersion, invocationId, tasks }: BatchEvent,
  resultOf: (taskId: string) => TaskResult | undefined,
): S3BatchResult => ({
  invocationSchemaVersion: schemaVersion,
  // A task without a result was not attached.
  treatMissingKeysAs: 'PermanentFailure',
  invocationId,
  results: tasks.flatMap(({ taskId }) => {
    const result = resultOf(taskId);
    return result ? [{ taskId, ...result }] : [];
  }),
});
