import type { Settings } from '../../config/config.ts';
import type { Deadline } from '../../deadline.ts';
import { type CheckLine, fine, wrong } from './check-line.ts';

/** The invocation has just started, so its remaining time is about the function's timeout. */
export const timeLine = (
  { leaseMs, komboTimeoutMs }: Pick<Settings, 'leaseMs' | 'komboTimeoutMs'>,
  deadline: Deadline,
): CheckLine => {
  const functionMs = deadline.remainingMs();
  const seconds = Math.ceil(functionMs / 1000);
  if (leaseMs <= functionMs) {
    const todo = 'Raise LEASE_SECONDS above the function timeout: otherwise its own lease ends a delivery early.';
    return wrong('times', `The lease is ${leaseMs / 1000} s and the function may run for ${seconds} s.`, todo);
  }
  if (komboTimeoutMs >= functionMs) {
    const todo = 'Lower KOMBO_TIMEOUT_SECONDS below the function timeout, or raise the timeout.';
    return wrong('times', `A call may take ${komboTimeoutMs / 1000} s and the function ${seconds} s.`, todo);
  }
  return fine('times', 'The lease is longer than the function timeout, which is longer than a call to Kombo.');
};
