import { text } from '../../lib/json.ts';

/** ISO 8601 with its zone, as S3 and EventBridge write it; a time without a zone would be read in the zone of this machine. */
const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/;

/**
 * The time of an event as LastModified has it, in whole seconds; in milliseconds since the epoch.
 * Anything else, and a time that the ledger could not store, counts as missing.
 */
export const eventTime = (value: unknown): number | undefined => {
  const time = isoTime.test(text(value) ?? '') ? Date.parse(text(value) ?? '') : Number.NaN;
  return time >= 0 ? Math.floor(time / 1000) * 1000 : undefined;
};

/** S3's sequencer, hexadecimal; today 18 digits. Anything else counts as missing. */
export const eventSequencer = (value: unknown): string | undefined =>
  /^[0-9A-Fa-f]{1,64}$/.test(text(value) ?? '') ? text(value) : undefined;
