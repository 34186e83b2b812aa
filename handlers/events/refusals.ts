import { type EventFailureCode, eventFailures } from '../../lib/failures/event-failures.ts';
import type { RefusedEvent } from './entry.ts';

/** The log line of each refused event: an operator searches for it. */
export const eventRefused = 'The event is refused.';

/** @param detail one sentence for the operator; holds no key and no file name, may hold names of buckets */
export const refuseEvent = (code: EventFailureCode, detail: string): RefusedEvent => {
  const { nextStep, redeliver } = eventFailures[code];
  return { kind: 'refused', code, detail, nextStep, redeliver };
};
