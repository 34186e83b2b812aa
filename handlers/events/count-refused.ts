import { type EventFailureCode, eventFailures } from '../../lib/failures/event-failures.ts';
import { logger } from '../../lib/telemetry/logger.ts';
import { measure, noIntegration } from '../../lib/telemetry/metrics.ts';
import { eventRefused } from './refusals.ts';

/** A refused event leaves no ledger record, so the alarm on this metric is the only sign of it. */
export const countRefused = (code: EventFailureCode): void => {
  if (!eventFailures[code].byHand) measure({ RefusedEvents: 1 }, { integration: noIntegration, code });
};

/**
 * Counts a refused event and logs the line that the alarm refers to. For upload events, `deliverEntries` logs that
 * line.
 * @param detail one sentence without keys or file names
 */
export const reportRefused = (
  code: EventFailureCode,
  detail: string,
  nextStep: string = eventFailures[code].nextStep,
): void => {
  countRefused(code);
  logger.error(eventRefused, { code, detail, nextStep });
};
