import { maxBackoffMs } from '../limits.ts';

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * How long the server asks us to wait, in milliseconds: the longer of `Retry-After` (seconds or an HTTP date, RFC 9110
 * section 10.2.3) and Kombo's `ratelimit-reset` (seconds). Invalid values are ignored; the maximum is an hour.
 */
export const retryAfterMs = (headers: Headers, nowMs: number): number | undefined => {
  const waits = [
    secondsMs(first(headers['retry-after'])) ?? untilDateMs(first(headers['retry-after']), nowMs),
    // `ratelimit-reset` is the end of the window. It is a wait only when the window is used up.
    (first(headers['ratelimit-remaining']) ?? '0') === '0' ? secondsMs(first(headers['ratelimit-reset'])) : undefined,
  ].filter((wait) => wait !== undefined);
  return waits.length === 0 ? undefined : Math.min(Math.max(...waits), maxBackoffMs);
};

const first = (value: string | readonly string[] | undefined): string | undefined =>
  (typeof value === 'string' ? value : value?.[0])?.trim();

const secondsMs = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) * 1000 : undefined;

/** The three date forms of RFC 9110, section 5.6.7. The last one has no zone and is in UTC like the others. */
const dateForms = [
  /^[A-Z][a-z]{2}, (?<day>\d{2}) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/,
  /^[A-Z][a-z]{5,8}, (?<day>\d{2})-(?<month>[A-Z][a-z]{2})-(?<year>\d{2}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/,
  /^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) (?<time>\d{2}:\d{2}:\d{2}) (?<year>\d{4})$/,
] as const;

/** `Date.parse` alone would read "1" as a year, and a date without a zone as local time. */
const untilDateMs = (text: string | undefined, nowMs: number): number | undefined => {
  const groups = dateForms.map((form) => form.exec(text ?? '')?.groups).find((found) => found !== undefined);
  if (!groups) return undefined;
  const { day = '', month = '', year = '', time = '' } = groups;
  const fullYear = year.length === 2 ? `20${year}` : year;
  const at = Date.parse(`${day.trim()} ${month} ${fullYear} ${time} GMT`);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
};
