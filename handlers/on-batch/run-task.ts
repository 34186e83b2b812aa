import type { Deadline } from '../../lib/deadline.ts';
import { attachObject } from '../../lib/delivery/deliver-on-request.ts';
import type { FailureDetail } from '../../lib/failures/failures.ts';
import { failures } from '../../lib/failures/failures.ts';
import type { BatchTask } from '../events/batch-event.ts';
import type { Runtime } from '../runtime.ts';
import { advice, permanent, resultOf, type TaskResult, temporary } from './task-result.ts';

/** With less left a delivery could not settle; S3 asks again. */
const leastToStartMs = 30_000;

/** Sends the object that one task names. Never fails: S3 wants a word on every task. */
export const runTask = async (task: BatchTask, deadline: Deadline, deps: Runtime): Promise<TaskResult> => {
  if (task.kind === 'refused') return permanent(`${task.code}: ${task.detail}`);
  const { config, settings, storage, log } = deps;
  if (deadline.remainingMs() < Math.min(leastToStartMs, settings.leaseMs)) {
    return temporary('OUT_OF_TIME: the function ended before it began with this object.');
  }
  try {
    const found = await storage.find(config.bucket, task.key, deadline.signal);
    if (!found.ok) return ofRefusal(found.error);
    if (task.versionId !== undefined && found.value.versionId !== task.versionId) {
      return permanent(
        'OBJECT_REPLACED: the manifest names an older version; only what stands under the key now is sent.',
      );
    }
    const options = { deadline, requireScan: config.requireScan, patient: true };
    return resultOf(await attachObject(found.value, options, deps));
  } catch (error) {
    const detail = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown error';
    log.error('A task could not be settled; S3 asks again.', { detail });
    return temporary(
      `LEDGER_UNAVAILABLE: the ledger could not be read or written (${error instanceof Error ? error.name : 'unknown error'}).`,
    );
  }
};

const ofRefusal = ({ code }: FailureDetail): TaskResult =>
  failures[code].status === 'retrying' ? temporary(advice(code)) : permanent(advice(code));
