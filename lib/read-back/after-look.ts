import type { Settings } from '../config/config.ts';
import { backoffMs } from '../delivery/retry-policy.ts';
import { failureOf, saysOutage } from '../failures/failures.ts';
import type { KomboFailure } from '../kombo/classify-response.ts';
import type { EventOf } from '../ledger/ledger-event.ts';
import type { LedgerRecord, UnknownOutcome } from '../ledger/record.ts';
import {
  lastAttemptAfterOutageMs,
  looksToDecide,
  maxUnknownAttempts,
  maxUnreadAttempts,
  passingReasonMs,
} from '../limits.ts';
import type { Verdict } from './verdict.ts';

/** What a check of the target leads to. */
export type LookEvent = EventOf<'found' | 'looked' | 'absent' | 'undecidable'>;

/** The results of a check of the target. Times are milliseconds since the epoch. */
export interface AfterLook {
  readonly record: LedgerRecord;
  readonly state: UnknownOutcome;
  readonly settings: Pick<Settings, 'retryBaseMs' | 'readBackAfterMs' | 'readBackAgainMs'>;
  readonly now: number;
  /** When the target was listed. `now` can be minutes later, because the listed files are downloaded in between. */
  readonly listedAt: number;
  /** The shortest time after an upload in which this tool was seen to list the file. */
  readonly listsWithinMs: number;
  /** The tool has listed files of such a target before. */
  readonly hasListed: boolean;
  /** When the lane or the account last opened. Temporary reasons get a day from then. */
  readonly openedAt: number;
  /** Uniform in [0, 1). */
  readonly random: number;
  /** A sentence for the operator about what the check showed. */
  readonly seen: string;
}

/**
 * The event that follows from a check of the target. Two checks must agree; for a day, a check with a temporary doubt
 * does not count.
 */
export const afterLook = (verdict: Verdict, facts: AfterLook): LookEvent => {
  const { state, settings, now } = facts;
  if (verdict.kind === 'found') return { kind: 'found' };
  if (verdict.kind === 'doubt' && verdict.passes && mayPass(facts)) return lookAgain(facts);
  const listedAfterMs = verdict.kind === 'absent' ? facts.listsWithinMs : 0;
  const mayStillArriveUntil = latestAttemptAt(facts) + Math.max(settings.readBackAgainMs, listedAfterMs);
  const dueAt = Math.max(now + settings.readBackAfterMs, mayStillArriveUntil);
  if (verdict.kind === 'doubt') {
    return state.doubtfulLooks + 1 < looksToDecide
      ? { kind: 'looked', counts: 'doubtful', dueAt }
      : undecided(facts, verdict.because);
  }
  const isSecond = state.absentLooks + 1 >= looksToDecide && facts.listedAt >= mayStillArriveUntil;
  return isSecond ? notThere(facts, 'None of them is this file.') : { kind: 'looked', counts: 'absent', dueAt };
};

/** The event that follows when Kombo refused the listing or did not answer it. */
export const afterFailedListing = ({ code, retryAfterMs }: KomboFailure, facts: AfterLook): LookEvent => {
  const { record, state, settings, now, random } = facts;
  const { asListing } = failureOf(code);
  // A tool that has listed before is able to: the reason is temporary, or an operator decides.
  if (asListing === 'look-again' || (asListing === 'cannot-list' && facts.hasListed)) {
    if (mayPass(facts)) return lookAgain(facts, retryAfterMs);
    return state.doubtfulLooks + 1 < looksToDecide
      ? { kind: 'looked', counts: 'doubtful', dueAt: now + settings.readBackAfterMs }
      : undecided(facts);
  }
  const { unknownAttempts = 0 } = record;
  const mayRepeat = asListing === 'cannot-list' && failureOf(state.failure.code).vendorRepeats;
  if (!mayRepeat || unknownAttempts >= maxUnreadAttempts) return undecided(facts);
  return { kind: 'absent', dueAt: now + backoffMs(settings.retryBaseMs, unknownAttempts, random) };
};

/** With ON_UNKNOWN=resend the target is not listed, because the operator prefers a possible duplicate to a delay. */
export const withoutLook = (facts: AfterLook): LookEvent => notThere(facts);

/** Each attempt that may have arrived can leave one more copy at the target, so the third such attempt is the last. */
const notThere = (facts: AfterLook, because?: string): LookEvent => {
  const { record, state, now } = facts;
  const { unknownAttempts = 0 } = record;
  if (unknownAttempts >= maxUnknownAttempts) return undecided(facts, because);
  const isLast = unknownAttempts === maxUnknownAttempts - 1;
  const waits = isLast && saysOutage(state.failure.code);
  return { kind: 'absent', dueAt: waits ? Math.max(now, latestAttemptAt(facts) + lastAttemptAfterOutageMs) : now };
};

const mayPass = ({ state, openedAt, now }: AfterLook): boolean =>
  now - Math.max(state.unknownSince, openedAt) < passingReasonMs;

const latestAttemptAt = ({ record }: AfterLook): number => record.attemptedAt ?? record.createdAt;

const lookAgain = ({ state, settings, now, random }: AfterLook, retryAfterMs = 0): LookEvent => {
  const baseMs = Math.max(settings.retryBaseMs, settings.readBackAfterMs);
  const waitMs = Math.max(retryAfterMs, backoffMs(baseMs, state.passingLooks + 1, random));
  return { kind: 'looked', counts: 'passing', dueAt: now + waitMs };
};

const undecided = ({ record, state, seen }: AfterLook, because?: string): LookEvent => {
  const detail = [historyOf(record, state), seen, ...(because === undefined ? [] : [because])].join(' ');
  return { kind: 'undecidable', failure: { ...state.failure, code: 'OUTCOME_UNKNOWN', detail } };
};

/** The count can be 0, because an operator's retry resets it and the target is checked before anything is sent. */
const historyOf = ({ unknownAttempts = 1 }: LedgerRecord, { failure }: UnknownOutcome): string => {
  if (failure.code === 'RESTORED_DOUBT') return failure.detail;
  // Of a file that was held before, only what the looks showed is known: its retry replaced the cause.
  const ended = failure.code === 'OUTCOME_UNKNOWN' ? '.' : `; the last attempt ended with ${failure.code}.`;
  if (unknownAttempts === 0) return `It has not been sent since the last retry by an operator${ended}`;
  const times = unknownAttempts === 1 ? 'once' : `${unknownAttempts} times`;
  return `It was sent ${times} without a clear answer${ended}`;
};
