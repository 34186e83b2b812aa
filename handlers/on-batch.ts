import type { Context, S3BatchResult } from 'aws-lambda';
import { ConfigurationError } from '../lib/config/config.ts';
import { inParallel } from '../lib/parallel.ts';
import { logger } from '../lib/telemetry/logger.ts';
import { type BatchEvent, parseBatchEvent } from './events/batch-event.ts';
import { withStack } from './middleware.ts';
import { runTask } from './on-batch/run-task.ts';
import { permanent, type TaskResult } from './on-batch/task-result.ts';
import { runtime } from './runtime.ts';
import { deadlineOf } from './time-budget.ts';

/** S3 sends one task at a time; should it send more, they are done side by side. */
const parallelism = 4;

/**
 * One object of an S3 Batch Operations job.
 * @throws only for what is no such invocation: there is nobody who would understand a result.
 */
export const handler = withStack(async (event: unknown, context: Context): Promise<S3BatchResult> => {
  const deps = ready();
  if (deps instanceof ConfigurationError) {
    logger.error('The configuration is not usable.', { problems: deps.problems });
    const problem = permanent('CONFIGURATION: the function is not set up rightly; ask on-demand to "check".');
    return answerOf(parsed(event, ''), () => problem);
  }
  const batch = parsed(event, deps.config.bucket);
  const deadline = deadlineOf(context, deps.clock);
  try {
    const results = new Map<string, TaskResult>();
    const always = (): boolean => true;
    await inParallel(batch.tasks, parallelism, always, async (task) => {
      results.set(task.taskId, await runTask(task, deadline, deps));
    });
    return answerOf(batch, (taskId) => results.get(taskId));
  } finally {
    deadline.clear();
  }
});

const ready = () => {
  try {
    return runtime();
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
};

const parsed = (event: unknown, bucket: string): BatchEvent => {
  const batch = parseBatchEvent(event, bucket);
  if (batch) return batch;
  throw new Error(
    'This is no invocation by S3 Batch Operations. Make a job there; to send one object by hand, use on-demand: {"action":"attach","key":"..."}.',
  );
};

const answerOf = (
  { schemaVersion, invocationId, tasks }: BatchEvent,
  resultOf: (taskId: string) => TaskResult | undefined,
): S3BatchResult => ({
  invocationSchemaVersion: schemaVersion,
  // A task that has no result has not been attached.
  treatMissingKeysAs: 'PermanentFailure',
  invocationId,
  results: tasks.flatMap(({ taskId }) => {
    const result = resultOf(taskId);
    return result ? [{ taskId, ...result }] : [];
  }),
});
