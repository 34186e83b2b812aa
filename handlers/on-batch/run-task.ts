import type { Courier } from '../../lib/courier.ts';
import type { Deadline } from '../../lib/deadline.ts';
import { deliverOnRequest } from '../../lib/delivery/deliver-on-request.ts';
import type { DeliverCourier } from '../../lib/delivery/delivery-options.ts';
import { describeError } from '../../lib/failures/own-error.ts';
import type { BatchTask } from '../events/batch-event.ts';
import { canStart } from '../time-budget.ts';
import { permanent, refusedTask, resultOf, resultOfRequest, type TaskResult, temporary } from './task-result.ts';

/** Sends the object that one task names. Never throws: S3 expects a result for every task. */
export const runTask = async (
  task: BatchTask,
  deadline: Deadline,
  courier: DeliverCourier & Pick<Courier, 'log'>,
): Promise<TaskResult> => {
  if (task.kind === 'refused') return refusedTask(task);
  const { settings, storage, log } = courier;
  if (!canStart(deadline, settings)) {
    return temporary('OUT_OF_TIME: the function ran out of time before it started this object.');
  }
  try {
    const found = await storage.find(settings.bucket, task.key, deadline.signal);
    if (!found.ok) return resultOfRequest(found.error.code);
    if (task.versionId !== undefined && found.value.versionId !== task.versionId) {
      return permanent(
        'OBJECT_REPLACED: the manifest names an older version; only the current object under the key is sent.',
      );
    }
    return resultOf(await deliverOnRequest(found.value, { deadline, isBackfill: true }, courier));
  } catch (error) {
    const detail = describeError(error);
    log.error('A task could not be settled; S3 retries it.', { detail });
    return temporary(`The upload could not be settled: ${detail}`);
  }
};
