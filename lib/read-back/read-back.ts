import { nameToken } from '../attachment/prepare.ts';
import { sleep } from '../clock.ts';
import type { Courier } from '../courier.ts';
import { type Deadline, deadlineWithin } from '../deadline.ts';
import { nextAttemptAt } from '../delivery/retry-policy.ts';
import { type FailureCode, failureOf } from '../failures/failures.ts';
import type { ListedAttachment } from '../kombo/attachment-list.ts';
import type { KomboFailure } from '../kombo/classify-response.ts';
import { pausedSentence } from '../lane/pause.ts';
import type { LedgerEvent } from '../ledger/ledger-event.ts';
import { outcomeOf, unchangedOutcome } from '../ledger/outcome-from-record.ts';
import type { LedgerRecord, UnknownOutcome } from '../ledger/record.ts';
import {
  clockSkewMs,
  indexLagMs,
  listedLateMs,
  listingTimeoutMs,
  maxAttempts,
  maxUnknownAttempts,
  objectTimeoutMs,
  retryBudgetMs,
  settleReserveMs,
} from '../limits.ts';
import type { Outcome } from '../outcome.ts';
import { uploadId } from '../upload/upload.ts';
import { sameName } from './listed-name.ts';
import { sentOf } from './sent-of.ts';
import { siblingsOf } from './siblings.ts';
import { type ListingVerdict, weighListing } from './verdict.ts';

export type ReadBackCourier = Pick<
  Courier,
  'settings' | 'storage' | 'kombo' | 'ledger' | 'pauses' | 'clock' | 'random' | 'observe'
>;

/**
 * Finds out what became of an upload that may have been delivered: by reading its target, never by sending.
 * Reading is harmless, so two invocations may do it concurrently; only the first result is written.
 * @throws only when the ledger could not be read or written.
 */
export const readBack = async (
  record: LedgerRecord,
  deadline: Deadline,
  courier: ReadBackCourier,
): Promise<Outcome> => {
  const { clock, ledger, observe } = courier;
  const startedAt = clock.now();
  const known = { id: uploadId(record.upload), readable: true, record } as const;
  if (record.state.status !== 'unknown') return unchangedOutcome(known, record.upload);
  const written = await ledger.apply(record, await eventAfterReading(record, record.state, deadline, courier));
  if (written === 'conflict') return unchangedOutcome(known, record.upload);
  const outcome = outcomeOf(written.record);
  observe(outcome, { totalMs: clock.now() - startedAt });
  return outcome;
};

const eventAfterReading = async (
  record: LedgerRecord,
  state: UnknownOutcome,
  deadline: Deadline,
  courier: ReadBackCourier,
): Promise<LedgerEvent> => {
  const { settings, clock, pauses, kombo, ledger } = courier;
  const { target } = record;
  // The operator has decided beforehand that a second copy is better than a wait.
  if (settings.onUnknown === 'resend') {
    return mayRepeat(record, maxAttempts, clock.now())
      ? { kind: 'absent', dueAt: clock.now(), final: true }
      : undecidable(state, 'It was sent again for 24 hours or 12 times, and no answer ever came.');
  }
  if (!target) return undecidable(state, 'The key names no target any more.');
  const pause = await pauses.stopping(target.integrationId);
  if (pause) {
    const detail = `It began with ${state.failure.code}. ${pausedSentence(pause)}`;
    return { kind: 'paused', scope: pause.scope, failure: { ...state.failure, code: 'INTEGRATION_PAUSED', detail } };
  }

  const { sent, objectUnread, ...named } = await sentOf(
    record,
    deadlineWithin(clock, deadline, objectTimeoutMs),
    courier,
  );
  // A token is found under any name.
  const nameGuessed =
    !settings.nameToken && (named.nameGuessed || (record.sentBefore?.name ?? sent.name) !== sent.name);
  const askedAt = clock.now();
  const own = deadlineWithin(clock, deadline, listingTimeoutMs);
  const listing = await kombo.listAttachments(target, own.signal).finally(own.clear);
  if (!listing.ok) return listingFailed(listing.failure, record, state, courier);

  const weighWithSiblings = async (): Promise<{
    verdict: ListingVerdict;
    inProgress: boolean;
    justAttached: boolean;
  }> => {
    // Read after the listing, so that the upload of every file that it shows is known.
    const siblings = await siblingsOf(record, target, askedAt, ledger);
    const since = record.firstUnknownAttemptAt ?? record.createdAt;
    const token = settings.nameToken ? nameToken(record.upload) : undefined;
    const verdict = weighListing(listing.value, { sent, nameGuessed, since, token, siblings });
    return {
      verdict,
      inProgress: siblings.some((sibling) => sibling.inProgress),
      justAttached: siblings.some(
        ({ name = sent.name, attachedAt = 0 }) => sameName(name, sent.name) && attachedAt > askedAt - listedLateMs,
      ),
    };
  };
  let { verdict, inProgress, justAttached } = await weighWithSiblings();
  // Tests that shorten the waiting times shorten this one, too.
  const lagMs = Math.min(indexLagMs, settings.readBackAfterMs);
  const isNew = ({ createdAt = askedAt }: ListedAttachment): boolean => createdAt > askedAt - clockSkewMs - lagMs;
  if (verdict === 'found' && listing.value.some(isNew)) {
    if (deadline.remainingMs() < lagMs + settleReserveMs)
      return readAgain(record, state, {}, courier) ?? undecidable(state, doubtfulWhy);
    await sleep(clock, lagMs);
    ({ verdict, inProgress, justAttached } = await weighWithSiblings());
  }
  switch (verdict) {
    case 'found':
      return { kind: 'found', sent };
    case 'undecidable': {
      const passes = inProgress || objectUnread === true;
      return (
        (passes && readAgain(record, state, {}, courier)) || undecidable(state, nameGuessed ? guessedWhy : doubtfulWhy)
      );
    }
    case 'absent': {
      // The file of that other upload may not be listed yet; then the listed file may be ours.
      if (justAttached && listing.value.length > 0)
        return { kind: 'absent', dueAt: clock.now() + listedLateMs, final: false };
      const final = state.firstAbsentAt !== undefined && clock.now() - state.firstAbsentAt >= settings.readBackAgainMs;
      if (final && !mayRepeat(record, maxUnknownAttempts, clock.now())) {
        return undecidable(
          state,
          `Sent ${record.unknownAttempts ?? 0} times without an answer, and the target never listed it.`,
        );
      }
      return { kind: 'absent', dueAt: clock.now() + (final ? 0 : settings.readBackAgainMs), final };
    }
  }
};

const doubtfulWhy =
  'The target lists a file of that name, and its date or type does not show which upload it belongs to.';
const guessedWhy = 'The name under which it was sent is not certain, and the target lists a file that may be it.';

const mayRepeat = ({ unknownAttempts = 0, releasedAt }: LedgerRecord, max: number, now: number): boolean =>
  unknownAttempts < max && now - releasedAt < retryBudgetMs;

const undecidable = ({ failure }: UnknownOutcome, why: string): LedgerEvent => ({
  kind: 'undecidable',
  failure: { ...failure, code: 'OUTCOME_UNKNOWN', detail: `${why} It began with ${failure.code}.` },
});

const listingFailed = (
  failure: KomboFailure,
  record: LedgerRecord,
  state: UnknownOutcome,
  courier: ReadBackCourier,
): LedgerEvent => {
  const { code } = failure;
  if (failureOf(code).neverLists) return undecidable(state, `Kombo does not list the target's files (${code}).`);
  return (
    readAgain(record, state, failure, courier) ??
    undecidable(state, `The target could not be read for 24 hours or in 12 attempts; the last one ended with ${code}.`)
  );
};

/** Repeats a reading that decided nothing; undefined when the retry budget is used up. */
const readAgain = (
  record: LedgerRecord,
  state: UnknownOutcome,
  {
    code = state.failure.code,
    retryAfterMs,
  }: { readonly code?: FailureCode; readonly retryAfterMs?: number | undefined },
  { settings, clock, random }: ReadBackCourier,
): LedgerEvent | undefined => {
  const facts = {
    attemptsSinceRelease: state.failedReadings + 1,
    releasedAt: state.unknownSince ?? record.firstUnknownAttemptAt ?? record.createdAt,
    code,
    retryAfterMs,
  };
  const baseMs = Math.max(settings.retryBaseMs, settings.readBackAfterMs);
  const dueAt = nextAttemptAt({ baseMs }, facts, clock.now(), random());
  return dueAt === undefined ? undefined : { kind: 'unreadable', dueAt, failure: state.failure };
};
