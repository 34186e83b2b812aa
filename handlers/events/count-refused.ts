import { type EventFailureCode, eventFailures } from '../../lib/failures/event-failures.ts';
import { logger } from '../../lib/telemetry/logger.ts';
import { measure, noIntegration } from '../../lib/telemetry/metrics.ts';
import { eventRefused } from './refusals.ts';

/** Nothing in the ledger shows a refused event: only the alarm on this count tells of it. */
export const countRefused = (code: EventFailureCode): void => {
  if (!eventFailures[code].byHand) measure({ RefusedEvents: 1 }, { integration: noIntegration, code });
};

/**
 * Counts it, and writes the line for which the alarm tells an operator to look. Upload events get theirs with their outcome.
 * @param detail one sentence; holds no key and no file name
 */
export const reportRefused = (
  code: EventFailureCode,
  detail: string,
  nextStep: string = eventFailures[code].nextStep,
): void => {
  countRefused(code);
  logger.error(eventRefused, { code, detail, nextStep });
};
