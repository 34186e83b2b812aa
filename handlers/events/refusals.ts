import { type EventFailureCode, eventFailures } from '../../lib/failures/event-failures.ts';
import type { RefusedEvent } from './entry.ts';

/** @param detail one sentence for the operator; holds no key and no file name, may hold names of buckets */
export const refuseEvent = (code: EventFailureCode, detail: string): RefusedEvent => {
  const { nextStep, redeliver } = eventFailures[code];
  return { kind: 'refused', code, detail, nextStep, redeliver };
};
