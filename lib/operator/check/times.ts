import type { Settings } from '../../config/config.ts';
import type { Deadline } from '../../deadline.ts';
import { type CheckLine, fine, wrong } from './check-line.ts';

/** An invocation starts with the function's timeout as its remaining time, and it has just started. */
export const timeLine = (
  { leaseMs, komboTimeoutMs }: Pick<Settings, 'leaseMs' | 'komboTimeoutMs'>,
  deadline: Deadline,
): CheckLine => {
  const functionMs = deadline.remainingMs();
  const seconds = Math.ceil(functionMs / 1000);
  if (leaseMs <= functionMs) {
    const todo = 'Raise LEASE_SECONDS above the function timeout: otherwise a delivery is cut off by its own lease.';
    return wrong('times', `The lease is ${leaseMs / 1000} s and the function may run ${seconds} s more.`, todo);
  }
  if (komboTimeoutMs >= functionMs) {
    const todo = 'Lower KOMBO_TIMEOUT_SECONDS below the function timeout, or raise that.';
    return wrong('times', `A call may take ${komboTimeoutMs / 1000} s and the function ${seconds} s.`, todo);
  }
  return fine('times', 'The lease outlives the function, and the function outlives a call to Kombo.');
};
