import type { S3BatchResultResultCode } from 'aws-lambda';
import { nextStepFor } from '../../lib/failures/advice.ts';
import { type EventFailureCode, eventFailures } from '../../lib/failures/event-failures.ts';
import type { FailureStatus } from '../../lib/failures/failure.ts';
import type { FailureDetail } from '../../lib/failures/failures.ts';
import { type FailureCode, failures } from '../../lib/failures/failures.ts';
import type { Outcome } from '../../lib/outcome.ts';
import { maxResultLength } from '../limits.ts';

/** The result of one task, as S3 takes it. */
export interface TaskResult {
  readonly resultCode: S3BatchResultResultCode;
  /** Appears in the job's report: no key, no name. */
  readonly resultString: string;
}

const result = (resultCode: S3BatchResultResultCode, text: string): TaskResult => ({
  resultCode,
  resultString: text.slice(0, maxResultLength),
});

export const success = (text: string): TaskResult => result('Succeeded', text);
export const permanent = (text: string): TaskResult => result('PermanentFailure', text);
/** S3 repeats the task before the job ends, and reports the last result. */
export const temporary = (text: string): TaskResult => result('TemporaryFailure', text);

/**
 * `Succeeded` means attached and nothing else, because operators rely on the report.
 * What continues automatically (waiting, unknown, sending) is temporary. S3 repeats the task at a time of its own; the
 * function then leaves alone what is not due. If the job ends first, the report says so, and the schedule finishes the file.
 * What needs an operator or another file is permanent: a repeat would only cost.
 */
export const resultOf = (outcome: Outcome): TaskResult => {
  switch (outcome.status) {
    case 'attached':
      return success(
        outcome.warnings.length === 0 ? 'Attached.' : `Attached, with ${outcome.warnings.length} warnings of Kombo.`,
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
      // The time in the record says nothing about the end of a pause.
      return failure?.code === 'INTEGRATION_PAUSED'
        ? temporary(`WAITING ${failure.code}: not delivered; the schedule sends it when the pause ends.`)
        : temporary(`WAITING ${failure?.code ?? ''}: not delivered; the schedule sends it${from(dueAt)}.`);
    case 'unknown':
      return temporary(`UNKNOWN ${failure?.code ?? ''}: may be delivered; the schedule looks${from(dueAt)}.`);
    case 'held':
      return permanent(`HELD ${explain(failure, status)}`);
    case 'rejected':
      return permanent(`REJECTED ${explain(failure, status)}`);
    case 'superseded':
      // The newer object is found when S3 repeats the task.
      return failure?.code === 'OBJECT_REPLACED'
        ? temporary(`SUPERSEDED ${explain(failure, status)}`)
        : permanent(`SUPERSEDED ${explain(failure, status)}`);
  }
};

const from = (dueAt: Date | undefined): string => (dueAt ? ` from ${dueAt.toISOString()}` : ' automatically');

/** With the values of the detail: a size and its limit, the types that are allowed. */
const explain = (failure: FailureDetail | undefined, status: FailureStatus): string => {
  if (failure === undefined) return 'for an unknown reason.';
  const { code, detail } = failure;
  const { meaning } = failures[code];
  return `${code}: ${meaning}${detail === meaning ? '' : ` ${detail}`} ${nextStepFor(code, status)}`;
};

/** No file waits for it; S3 may repeat the task. */
export const resultOfRequest = (code: FailureCode): TaskResult => {
  const { status, meaning, nextStep } = failures[code];
  return status === 'waiting'
    ? temporary(`${code}: ${meaning} S3 repeats the task.`)
    : permanent(`${code}: ${meaning} ${nextStep}`);
};
