import { text } from '../../lib/json.ts';

/**
 * ISO 8601 with its zone, as S3 and EventBridge write it. Without a zone, `Date.parse` would assume this machine's time
 * zone.
 */
const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/;

/**
 * The time of an event in milliseconds since the epoch, cut to whole seconds because LastModified has no fractions.
 * Undefined for another format, and for a time before the epoch, which the ledger cannot store.
 */
export const eventTime = (value: unknown): number | undefined => {
  const written = text(value) ?? '';
  const time = isoTime.test(written) ? Date.parse(written) : Number.NaN;
  return time >= 0 ? Math.floor(time / 1000) * 1000 : undefined;
};

/** S3's sequencer: hexadecimal, 18 digits today. Undefined for anything else. */
export const eventSequencer = (value: unknown): string | undefined =>
  /^[0-9A-Fa-f]{1,64}$/.test(text(value) ?? '') ? text(value) : undefined;
