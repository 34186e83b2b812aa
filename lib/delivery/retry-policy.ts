import { type FailureCode, failureOf } from '../failures/failures.ts';

/** Waiting times, in milliseconds. */
export interface RetryPolicy {
  /** The first wait is drawn from zero to this; it doubles with every try. */
  readonly baseMs: number;
}

const longestBackoffMs = 3_600_000;
/** Where Kombo advises to begin after a refusal for load. */
const loadBaseMs = 1_000;
const longestPatienceMs = 24 * 3_600_000;
const mostTries = 12;

/** The ATS is what struggles, after Kombo's own repeats: minutes, not seconds. As a multiple of the base. */
const laterFloor = 2;

export interface TryFacts {
  /** Tries since somebody released it, the failed one included. */
  readonly tries: number;
  /** Earlier ones of them that were refused for load. */
  readonly loadRefusals?: number | undefined;
  readonly triesSince: number;
  readonly code: FailureCode;
  /** What the other side asked for. */
  readonly askedWaitMs?: number | undefined;
  /** The run that tried it goes slower by itself, so that after a refusal for load the file need not wait for long. */
  readonly paced?: boolean | undefined;
}

/**
 * When to try again: full jitter over a doubling span, never sooner than asked. `undefined` when patience has run out.
 * A refusal for load is no failure of this file, so only time, not the count, exhausts it.
 * @param random uniform in [0, 1)
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export const nextTryAt = (
  { baseMs }: RetryPolicy,
  { tries, loadRefusals = 0, triesSince, code, askedWaitMs, paced }: TryFacts,
  now: number,
  random: number,
): number | undefined => {
  if (now - triesSince >= longestPatienceMs) return undefined;
  const { throttled, retry } = failureOf(code);
  if (tries - loadRefusals >= mostTries && throttled === 'no') return undefined;
  // The end of a rate limit that Kombo does not name is not guessed to be near.
  const endsSoon = throttled === 'concurrency-limit' || (throttled === 'rate-limit' && askedWaitMs !== undefined);
  const base = paced && endsSoon ? Math.min(loadBaseMs, baseMs) : baseMs;
  const span = Math.min(longestBackoffMs, base * 2 ** Math.min(tries - 1, 20));
  const floor = Math.max(askedWaitMs ?? 0, retry === 'later' ? laterFloor * baseMs : 0);
  return now + Math.min(longestBackoffMs, floor + Math.round(random * span));
};

export const mostQuickRepeats = 2;
const longestQuickWaitMs = 3_000;

/**
 * How long to wait before repeating inside one invocation, or `undefined` when the schedule should do it.
 * Only ever asked about what is known not to be delivered.
 */
export const quickRepeatWaitMs = (
  failure: {
    readonly code: FailureCode;
    readonly askedWaitMs?: number | undefined;
    readonly staleConnection?: boolean;
  },
  repeats: number,
  random: number,
): number | undefined => {
  if (repeats >= mostQuickRepeats || failureOf(failure.code).retry === 'later') return undefined;
  if (failure.staleConnection) return 0;
  const wait = Math.max(failure.askedWaitMs ?? 0, Math.round((0.5 + random * 0.5) * 1_000 * 2 ** repeats));
  return wait < longestQuickWaitMs ? wait : undefined;
};
