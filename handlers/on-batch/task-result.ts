import type { S3BatchResultResultCode } from 'aws-lambda';
import { nextStepFor } from '../../lib/failures/advice.ts';
import { type EventFailureCode, eventFailures } from '../../lib/failures/event-failures.ts';
import type { FailureStatus } from '../../lib/failures/failure.ts';
import type { FailureDetail } from '../../lib/failures/failures.ts';
import { type FailureCode, failures } from '../../lib/failures/failures.ts';
import type { Outcome } from '../../lib/outcome.ts';
import { maxResultLength } from '../limits.ts';

/** The result of one task, in the form that S3 expects. */
export interface TaskResult {
  readonly resultCode: S3BatchResultResultCode;
  /** Shown in the job's report, so it contains no key and no name. */
  readonly resultString: string;
}

const result = (resultCode: S3BatchResultResultCode, text: string): TaskResult => ({
  resultCode,
  resultString: text.slice(0, maxResultLength),
});

export const success = (text: string): TaskResult => result('Succeeded', text);
export const permanent = (text: string): TaskResult => result('PermanentFailure', text);
/** S3 retries the task before the job ends, and reports the last result. */
export const temporary = (text: string): TaskResult => result('TemporaryFailure', text);

/**
 * Operators rely on the report, so `Succeeded` means that the file is attached or that there was nothing to deliver.
 * Files that continue automatically (waiting, unknown, sending) are temporary failures. S3 chooses when to retry them,
 * and the retry leaves files that are not due unchanged. If the job ends first, the report shows a failure, and the
 * schedule finishes the file. Files that need an operator or another upload are permanent failures, because a retry
 * would not help.
 */
export const resultOf = (outcome: Outcome): TaskResult => {
  switch (outcome.status) {
    case 'attached':
      return success(
        outcome.warnings.length === 0 ? 'Attached.' : `Attached, with ${outcome.warnings.length} warnings from Kombo.`,
      );
    case 'already-attached':
      return success(`Attached before, on ${outcome.attachedAt.toISOString()}.`);
    case 'ignored':
      return success(`Ignored: ${outcome.reason}`);
    case 'refused':
      return refusedTask(outcome);
    case 'waiting':
    case 'unknown':
      return ofStatus(outcome.status, outcome.failure, outcome.dueAt);
    case 'held':
    case 'rejected':
    case 'superseded':
      return ofStatus(outcome.status, outcome.failure);
    case 'unchanged':
      return ofStatus(outcome.as, outcome.failure, outcome.dueAt);
  }
};

export const refusedTask = ({
  code,
  detail,
}: {
  readonly code: EventFailureCode;
  readonly detail: string;
}): TaskResult => permanent(`REFUSED ${code}: ${detail} ${eventFailures[code].nextStep}`);

const ofStatus = (
  status: Extract<Outcome, { status: 'unchanged' }>['as'],
  failure: FailureDetail | undefined,
  dueAt?: Date,
): TaskResult => {
  switch (status) {
    case 'sending':
      return temporary('SENDING: another invocation is sending it now.');
    case 'waiting':
      // `dueAt` does not say when the pause ends.
      return failure?.code === 'INTEGRATION_PAUSED'
        ? temporary(`WAITING ${failure.code}: not delivered; the schedule sends it when the pause ends.`)
        : temporary(`WAITING ${failure?.code ?? ''}: not delivered; the schedule sends it${from(dueAt)}.`);
    case 'unknown':
      return temporary(
        `UNKNOWN ${failure?.code ?? ''}: may have been delivered; the schedule checks the target${from(dueAt)}.`,
      );
    case 'held':
      return permanent(`HELD ${explain(failure, status)}`);
    case 'rejected':
      return permanent(`REJECTED ${explain(failure, status)}`);
    case 'superseded':
      // The newer object is found when S3 retries the task.
      return failure?.code === 'OBJECT_REPLACED'
        ? temporary(`SUPERSEDED ${explain(failure, status)}`)
        : permanent(`SUPERSEDED ${explain(failure, status)}`);
  }
};

const from = (dueAt: Date | undefined): string => (dueAt ? ` from ${dueAt.toISOString()}` : ' automatically');

/** Includes the detail, because it has the values: a size and its limit, or the allowed types. */
const explain = (failure: FailureDetail | undefined, status: FailureStatus): string => {
  if (failure === undefined) return 'for an unknown reason.';
  const { code, detail } = failure;
  const { meaning } = failures[code];
  return `${code}: ${meaning}${detail === meaning ? '' : ` ${detail}`} ${nextStepFor(code, status)}`;
};

/** The result when the object could not be read. The ledger has no record of it, so only a retry by S3 can continue. */
export const resultOfRequest = (code: FailureCode): TaskResult => {
  const { status, meaning, nextStep } = failures[code];
  return status === 'waiting'
    ? temporary(`${code}: ${meaning} S3 retries the task.`)
    : permanent(`${code}: ${meaning} ${nextStep}`);
};
