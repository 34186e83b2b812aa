import type { Settings } from '../config/config.ts';
import { backoffMs } from '../delivery/retry-policy.ts';
import { failureOf, saysOutage } from '../failures/failures.ts';
import type { KomboFailure } from '../kombo/classify-response.ts';
import type { LedgerEvent } from '../ledger/ledger-event.ts';
import type { LedgerRecord, UnknownOutcome } from '../ledger/record.ts';
import {
  lastAttemptAfterOutageMs,
  looksToDecide,
  maxUnknownAttempts,
  maxUnreadAttempts,
  passingReasonMs,
} from '../limits.ts';
import type { Verdict } from './verdict.ts';

/** What was known when the look ended. Times are milliseconds since the epoch. */
export interface AfterLook {
  readonly record: LedgerRecord;
  readonly state: UnknownOutcome;
  readonly settings: Pick<Settings, 'retryBaseMs' | 'readBackAfterMs' | 'readBackAgainMs'>;
  readonly now: number;
  /** When the target was listed. `now` can be minutes later, because the listed files are downloaded in between. */
  readonly listedAt: number;
  /** Shortest time after an upload in which this tool was seen to list the file. */
  readonly listsWithinMs: number;
  /** It has listed files of such a target before. */
  readonly hasListed: boolean;
  /** When the lane or the account opened last: what may pass has a day from then on. */
  readonly openedAt: number;
  /** Uniform in [0, 1). */
  readonly random: number;
  /** What the look showed, for the operator; a sentence. */
  readonly seen: string;
}

/** What a look at the target changes. Two looks must agree; for a day, a look with a temporary doubt does not count. */
export const afterLook = (verdict: Verdict, facts: AfterLook): LedgerEvent => {
  const { state, settings, now } = facts;
  if (verdict.kind === 'found') return { kind: 'found' };
  if (verdict.kind === 'doubt' && verdict.passes && mayPass(facts)) return lookAgain(facts);
  const frees = verdict.kind === 'absent' ? facts.listsWithinMs : 0;
  const mayStillArriveUntil = startOf(facts) + Math.max(settings.readBackAgainMs, frees);
  const dueAt = Math.max(now + settings.readBackAfterMs, mayStillArriveUntil);
  if (verdict.kind === 'doubt') {
    return state.doubtfulLooks + 1 < looksToDecide
      ? { kind: 'looked', counts: 'doubtful', dueAt }
      : undecided(facts, verdict.because);
  }
  const isSecond = state.absentLooks + 1 >= looksToDecide && facts.listedAt >= mayStillArriveUntil;
  return isSecond ? notThere(facts, 'It is not among them.') : { kind: 'looked', counts: 'absent', dueAt };
};

/** What a look changes when Kombo refused the listing or did not answer it. */
export const afterFailedListing = ({ code, retryAfterMs }: KomboFailure, facts: AfterLook): LedgerEvent => {
  const { record, state, settings, now, random } = facts;
  const { asListing } = failureOf(code);
  // A tool that has listed before is not one that cannot: whatever keeps it from listing passes, or an operator decides.
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

/** With ON_UNKNOWN=resend the target is not listed: the operator prefers a second copy to a wait. */
export const withoutLook = (facts: AfterLook): LedgerEvent => notThere(facts);

/** Each attempt that may have arrived can leave one more copy at the target, so the third attempt is the last. */
const notThere = (facts: AfterLook, because?: string): LedgerEvent => {
  const { record, state, now } = facts;
  const { unknownAttempts = 0 } = record;
  if (unknownAttempts >= maxUnknownAttempts) return undecided(facts, because);
  const isLast = unknownAttempts === maxUnknownAttempts - 1;
  const waits = isLast && saysOutage(state.failure.code);
  return { kind: 'absent', dueAt: waits ? Math.max(now, startOf(facts) + lastAttemptAfterOutageMs) : now };
};

const mayPass = ({ state, openedAt, now }: AfterLook): boolean =>
  now - Math.max(state.unknownSince, openedAt) < passingReasonMs;

const startOf = ({ record }: AfterLook): number => record.attemptedAt ?? record.createdAt;

const lookAgain = ({ state, settings, now, random }: AfterLook, retryAfterMs = 0): LedgerEvent => {
  const baseMs = Math.max(settings.retryBaseMs, settings.readBackAfterMs);
  const waitMs = Math.max(retryAfterMs, backoffMs(baseMs, state.passingLooks + 1, random));
  return { kind: 'looked', counts: 'passing', dueAt: now + waitMs };
};

const undecided = ({ record, state, seen }: AfterLook, because?: string): LedgerEvent => {
  const { code, detail: doubt } = state.failure;
  const history = code === 'RESTORED_DOUBT' ? doubt : `${timesSent(record)}; the last attempt ended with ${code}.`;
  const detail = [history, seen, ...(because === undefined ? [] : [because])].join(' ');
  return { kind: 'undecidable', failure: { ...state.failure, code: 'OUTCOME_UNKNOWN', detail } };
};

/** The count can be 0: an operator's retry resets it, and the target is looked at before anything is sent. */
const timesSent = ({ unknownAttempts = 1 }: LedgerRecord): string => {
  if (unknownAttempts === 0) return 'It was not sent again since the last retry by an operator';
  const times = unknownAttempts === 1 ? 'once' : `${unknownAttempts} times`;
  return `It was sent ${times} without a clear answer`;
};
