import { countsAsAttempt, type FailureCode, failureOf } from '../failures/failures.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import {
  laterFloorFactor,
  maxAttempts,
  maxBackoffMs,
  maxQuickWaitMs,
  quickRepeatBaseMs,
  retryBudgetMs,
  throttledBaseMs,
} from '../limits.ts';

export interface AttemptFacts {
  /** As written by the claim of the failed attempt. */
  readonly record: Pick<LedgerRecord, 'attemptsSinceRelease' | 'countedAttempts' | 'countedSince'>;
  readonly code: FailureCode;
  /** The wait that Kombo asked for. */
  readonly retryAfterMs?: number | undefined;
  /** When its lane or the account last opened, in milliseconds since the epoch. */
  readonly openedAt: number;
}

/**
 * When to try again: full jitter over a doubling span, never sooner than Kombo asked for. `undefined` when the retry
 * budget is used up: 12 attempts, or 24 hours since the first one or since the end of a pause. Failures that every file
 * would meet do not count.
 * @param baseMs the first wait is random between zero and this, which doubles with every attempt
 * @param random uniform in [0, 1)
 */
export const nextAttemptAt = (
  baseMs: number,
  { record: { attemptsSinceRelease, countedAttempts = 0, countedSince }, code, retryAfterMs, openedAt }: AttemptFacts,
  now: number,
  random: number,
): number | undefined => {
  const { throttled, retry } = failureOf(code);
  const since = Math.max(countedSince ?? now, openedAt);
  if (countsAsAttempt(code) && (countedAttempts + 1 >= maxAttempts || now - since >= retryBudgetMs)) return undefined;
  // A rate limit without a stated end may last long.
  const endsSoon = throttled === 'concurrency-limit' || (throttled === 'rate-limit' && retryAfterMs !== undefined);
  const base = endsSoon ? Math.min(throttledBaseMs, baseMs) : baseMs;
  const floor = Math.max(retryAfterMs ?? 0, retry === 'later' ? laterFloorFactor * baseMs : 0);
  return now + Math.min(maxBackoffMs, floor + backoffMs(base, attemptsSinceRelease, random));
};

/**
 * Full jitter over a span that doubles with each failed attempt, in milliseconds.
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export const backoffMs = (baseMs: number, failed: number, random: number): number =>
  Math.round(random * Math.min(maxBackoffMs, baseMs * 2 ** Math.min(Math.max(failed, 1) - 1, 20)));

/** What decides whether to repeat within one invocation. Used only when nothing was delivered. */
export interface QuickRepeatFacts {
  readonly code: FailureCode;
  readonly retryAfterMs?: number | undefined;
  readonly staleConnection?: boolean;
}

/** How long to wait before repeating within one invocation, in ms, or `undefined` when the schedule should repeat it. */
export const quickRepeatWaitMs = (
  { code, retryAfterMs, staleConnection }: QuickRepeatFacts,
  repeats: number,
  random: number,
): number | undefined => {
  const { retry, throttled } = failureOf(code);
  if (retry === 'later' || throttled !== 'no') return undefined;
  if (staleConnection) return 0;
  const wait = Math.max(retryAfterMs ?? 0, Math.round((0.5 + random * 0.5) * quickRepeatBaseMs * 2 ** repeats));
  return wait < maxQuickWaitMs ? wait : undefined;
};
