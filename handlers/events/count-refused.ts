import { type EventFailureCode, eventFailures } from '../../lib/failures/event-failures.ts';
import { measure, noIntegration } from '../../lib/telemetry/metrics.ts';

/** Nothing in the ledger shows a refused event: only the alarm on this count tells of it. */
export const countRefused = (code: EventFailureCode): void => {
  if (!eventFailures[code].byHand) measure({ RefusedEvents: 1 }, { integration: noIntegration, code });
};
