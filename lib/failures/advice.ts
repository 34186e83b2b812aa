import type { FailureStatus } from './failure.ts';
import { type FailureCode, failureOf } from './failures.ts';

/*
 * What a code means for a file in its present state. The next step of the table is for the state in which the code leaves a
 * file; an operator, a look at the target or a verdict can have moved it since, and its record keeps the code.
 */

const otherwise: Readonly<Record<FailureStatus, string>> = {
  waiting: 'Nothing: it is sent automatically.',
  unknown: 'Nothing: the target is read to see whether the file arrived.',
  held: 'Read the detail, fix its cause, then retry.',
  rejected:
    'An operator has decided that it is not sent; "retry" takes that back, where the malware scan has not found it clean with "force": true.',
  superseded: 'Nothing, unless the object was deleted by mistake: then upload it again.',
};

/** Whether this code is why a file is in this state. Otherwise it is what the file met before. */
export const explains = (code: FailureCode, status: FailureStatus): boolean => {
  const row = failureOf(code);
  return row.status === status || (status === 'rejected' && !isGivenUp(code));
};

/**
 * Whether an operator has decided that a rejected file is not sent: no rejection has this code, so it is why the file was held.
 * Such a file needs nobody, and no alarm counts it.
 */
export const isGivenUp = (code: FailureCode): boolean => failureOf(code).atFault === 'none';

/** What an operator does about a file in this state; complete sentences. */
export const nextStepFor = (code: FailureCode, status: FailureStatus): string =>
  explains(code, status) ? failureOf(code).nextStep : otherwise[status];

/** What an operator does when repeating has not helped. Undefined where nothing but the other side can end it. */
export const nextStepIfItStays = (code: FailureCode): string | undefined => {
  const [, step] = /if it stays[,:] (.+)$/is.exec(failureOf(code).nextStep) ?? [];
  return step && `${step.charAt(0).toUpperCase()}${step.slice(1)}`;
};

/** What an operator does whose request met this: no file waits for it. */
export const nextStepOfRequest = (code: FailureCode): string => {
  const { status, pauses, nextStep } = failureOf(code);
  const passes = (status === 'waiting' || status === 'unknown') && pauses === 'nothing';
  return passes ? 'Repeat the request in a minute.' : nextStep;
};

/** What an operator does about a pause; also of a lane that cannot be read, which "resume" replaces. */
export const nextStepOfPause = (code: FailureCode): string =>
  code === 'INTEGRATION_PAUSED'
    ? 'An operator ends it with "resume"; its files follow then.'
    : failureOf(code).nextStep;

/** Ends "It is rejected" and "Rejected". */
export const becauseOf = (code: FailureCode): string => {
  switch (failureOf(code).atFault) {
    case 'file':
      return ' because of the file itself';
    case 'key':
      return ' because of its key';
    case 'target':
      return ' because of its target, the candidate or application';
    case 'file-or-key':
      return ' because of the file or its key; the other side does not say which';
    case 'none':
      return ' by an operator';
  }
};
