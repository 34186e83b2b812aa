import { type EventFailureCode, eventFailures } from '../../lib/failures/event-failures.ts';
import type { RefusedEvent } from './entry.ts';

/** The log message of each refused event. Operators search for it. */
export const eventRefused = 'The event is refused.';

/** @param detail one sentence for the operator, without keys or file names; it may contain bucket names */
export const refuseEvent = (code: EventFailureCode, detail: string): RefusedEvent => {
  const { nextStep, redeliver } = eventFailures[code];
  return { kind: 'refused', code, detail, nextStep, redeliver };
};
