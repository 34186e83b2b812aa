import { type FailureCode, failureOf } from '../failures/failures.ts';
import {
  laterFloorFactor,
  maxAttempts,
  maxBackoffMs,
  maxQuickRepeats,
  maxQuickWaitMs,
  quickRepeatBaseMs,
  retryBudgetMs,
  throttledBaseMs,
} from '../limits.ts';

/** Waiting times, in milliseconds. */
export interface RetryPolicy {
  /** The first wait is drawn from zero to this; it doubles with every attempt. */
  readonly baseMs: number;
}

export interface AttemptFacts {
  /** Attempts since the upload was last released, the failed one included. */
  readonly attemptsSinceRelease: number;
  /** Earlier ones of them that were throttled. */
  readonly throttledAttempts?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly releasedAt: number;
  readonly code: FailureCode;
  /** The wait that the other side asked for. */
  readonly retryAfterMs?: number | undefined;
  /** The run adapts its concurrency, so after throttling the file need not wait for long. */
  readonly paced?: boolean | undefined;
}

/**
 * When to try again: full jitter over a doubling span, never sooner than asked. `undefined` when the retry budget is used
 * up. Throttling is not a failure of this file, so only time, not the count, exhausts it.
 * @param random uniform in [0, 1)
 */
export const nextAttemptAt = (
  { baseMs }: RetryPolicy,
  { attemptsSinceRelease, throttledAttempts = 0, releasedAt, code, retryAfterMs, paced }: AttemptFacts,
  now: number,
  random: number,
): number | undefined => {
  const { throttled, retry } = failureOf(code);
  if (now - releasedAt >= retryBudgetMs) return undefined;
  if (attemptsSinceRelease - throttledAttempts >= maxAttempts && throttled === 'no') return undefined;
  // The end of a rate limit that Kombo does not name is not assumed to be near.
  const endsSoon = throttled === 'concurrency-limit' || (throttled === 'rate-limit' && retryAfterMs !== undefined);
  const base = paced && endsSoon ? Math.min(throttledBaseMs, baseMs) : baseMs;
  const floor = Math.max(retryAfterMs ?? 0, retry === 'later' ? laterFloorFactor * baseMs : 0);
  return now + Math.min(maxBackoffMs, floor + backoffMs(base, attemptsSinceRelease, random));
};

/**
 * Full jitter over a span that doubles with each of the failed attempts, in milliseconds.
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export const backoffMs = (baseMs: number, failed: number, random: number): number =>
  Math.round(random * Math.min(maxBackoffMs, baseMs * 2 ** Math.min(Math.max(failed, 1) - 1, 20)));

/** What decides about a repeat within one invocation. Only ever asked about what is known not to be delivered. */
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
  if (repeats >= maxQuickRepeats || failureOf(code).retry === 'later') return undefined;
  if (staleConnection) return 0;
  const wait = Math.max(retryAfterMs ?? 0, Math.round((0.5 + random * 0.5) * quickRepeatBaseMs * 2 ** repeats));
  return wait < maxQuickWaitMs ? wait : undefined;
};
