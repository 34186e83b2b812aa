import type { FailureStatus } from './failure.ts';
import { type FailureCode, failureOf } from './failures.ts';

/*
 * What a code means for a file in its current state. The table's next step is for the state that the code leads to. The
 * record keeps the code when an operator, a check of the target or a verdict changes the state later.
 */

const otherwise: Readonly<Record<FailureStatus, string>> = {
  waiting: 'Nothing: it is sent automatically.',
  unknown: 'Nothing: the target is checked to see whether the file arrived.',
  held: 'Read the detail, fix its cause, then retry.',
  rejected:
    'An operator decided not to send it. "retry" reverses that; add "force": true if the malware scan has not found the file clean. If it found a threat, only a clean verdict of a new scan sends the file.',
  superseded: 'Nothing, unless the object was deleted by mistake: then upload it again.',
};

/** Whether this code is the reason for the file's state. Otherwise it is an earlier failure. */
export const explains = (code: FailureCode, status: FailureStatus): boolean => {
  const row = failureOf(code);
  return row.status === status || (status === 'rejected' && !isGivenUp(code));
};

/**
 * Whether an operator decided not to send a rejected file. No rejection has such a code, so it is the reason why the
 * file was held before. Such a file needs no action, and no alarm counts it.
 */
export const isGivenUp = (code: FailureCode): boolean => failureOf(code).atFault === 'none';

/** What an operator does about a file in this state, in complete sentences. */
export const nextStepFor = (code: FailureCode, status: FailureStatus): string =>
  explains(code, status) ? failureOf(code).nextStep : otherwise[status];

/** As `nextStepFor`, for a log line, in which a key that matches no template is masked. */
export const nextStepInLog = (code: FailureCode, status: FailureStatus): string =>
  code === 'KEY_NOT_MATCHED'
    ? `${nextStepFor(code, status)} To see the key, send {"action":"status","list":"rejected"} to on-demand and look for the ETag of this line.`
    : nextStepFor(code, status);

/** What an operator does when retries have not helped. Undefined when only Kombo or the ATS can fix it. */
export const nextStepIfItPersists = (code: FailureCode): string | undefined => {
  const step = stepIfItPersists(code);
  return step && `${step.charAt(0).toUpperCase()}${step.slice(1)}`;
};

const stepIfItPersists = (code: FailureCode): string | undefined =>
  /if this persists[,:] (.+)$/is.exec(failureOf(code).nextStep)?.[1];

/**
 * What an operator does whose request failed with this code. No file waits for it, so nothing is retried automatically.
 */
export const nextStepOfRequest = (code: FailureCode): string => {
  const { status, pauses, nextStep } = failureOf(code);
  const passes = (status === 'waiting' || status === 'unknown') && pauses === 'nothing';
  return passes ? 'Repeat the request in a minute.' : nextStep;
};

/** Whether a pause with this cause ends without anyone acting: an outage, throttling, or a first sync. */
export const endsAutomatically = (code: FailureCode): boolean =>
  code !== 'INTEGRATION_PAUSED' && failureOf(code).acts === 'nobody';

/** What an operator does about a pause. This includes an unreadable lane, which "resume" replaces. */
export const nextStepOfPause = (code: FailureCode): string => {
  if (code === 'INTEGRATION_PAUSED') return 'An operator ends it with "resume"; its files are then sent.';
  const { pauses, nextStep } = failureOf(code);
  if (pauses !== 'nothing') return nextStep;
  // An outage or throttling: the row's next step is about the one file that met it.
  const persists = stepIfItPersists(code) ?? 'ask Kombo support.';
  return `Nothing to do: one call every 1 to 30 minutes tests whether it is over; then all waiting files are sent. If it lasts for more than an hour: ${persists}`;
};

/** Completes "It is rejected" and "Rejected". */
export const becauseOf = (code: FailureCode): string => {
  switch (failureOf(code).atFault) {
    case 'object':
      return ' because its object was deleted';
    case 'file':
      return ' because of the file itself';
    case 'key':
      return ' because of its key';
    case 'target':
      return ' because of its target, the candidate or application';
    case 'file-or-key':
      return ' because of the file or its key; Kombo does not say which';
    case 'none':
      return ' by an operator';
  }
};
