import { maxBackoffMs } from '../limits.ts';

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * How long the other side asks us to wait, in milliseconds: the longest of `Retry-After` (seconds or an HTTP date,
 * RFC 9110 section 10.2.3) and Kombo's `ratelimit-reset` (seconds). Invalid values are ignored; the maximum is an hour.
 */
export const retryAfterMs = (headers: Headers, nowMs: number): number | undefined => {
  const waits = [
    secondsMs(first(headers['retry-after'])) ?? untilDateMs(first(headers['retry-after']), nowMs),
    // The reset is the end of the window; it is a wait only when the window is used up.
    (first(headers['ratelimit-remaining']) ?? '0') === '0' ? secondsMs(first(headers['ratelimit-reset'])) : undefined,
  ].filter((wait) => wait !== undefined);
  return waits.length === 0 ? undefined : Math.min(Math.max(...waits), maxBackoffMs);
};

const first = (value: string | readonly string[] | undefined): string | undefined =>
  (typeof value === 'string' ? value : value?.[0])?.trim();

const secondsMs = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Math.ceil(Number(text) * 1000) : undefined;

/** Only the form with day and month names: `Date.parse` alone would take "1" for a year. */
const untilDateMs = (text: string | undefined, nowMs: number): number | undefined => {
  if (text === undefined || !/^[A-Za-z]{3,9},? /.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
};
