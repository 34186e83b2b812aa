import { nameToken } from '../attachment/prepare.ts';
import { sleep } from '../clock.ts';
import { type Deadline, deadlineWithin } from '../deadline.ts';
import type { DeliverDeps, DeliverSettings } from '../delivery/deliver.ts';
import { nextTryAt } from '../delivery/retry-policy.ts';
import { type FailureCode, failureOf } from '../failures/failures.ts';
import type { ListedAttachment } from '../kombo/attachment-list.ts';
import type { KomboFailure } from '../kombo/classify-response.ts';
import { outcomeOf, unchangedOutcome } from '../ledger/outcome-from-record.ts';
import type { LedgerRecord, Unknown } from '../ledger/record.ts';
import type { LedgerEvent } from '../ledger/transition.ts';
import type { Outcome } from '../outcome.ts';
import { pausedSentence } from '../pause/pause.ts';
import { uploadId } from '../upload/upload.ts';
import { sameName } from './listed-name.ts';
import { sentOf } from './sent-of.ts';
import { siblingsOf } from './siblings.ts';
import { lateMs } from './there-at-the-latest.ts';
import { skewMs, type Verdict, weigh } from './verdict.ts';

export interface ReadBackSettings extends DeliverSettings {
  /** A second complete listing without the file must be at least this much later than the first. */
  readonly readBackAgainMs: number;
  readonly onUnknown: 'read-back' | 'resend';
}

export interface ReadBackDeps extends DeliverDeps {
  readonly settings: ReadBackSettings;
}

/**
 * The ledger's index by target shows a new upload within a second as a rule. Until it does, the file of that upload has
 * nobody in the ledger to explain it, and would vouch for another one of the same name.
 */
const indexLagMs = 5_000;

/** A listing is one call; a tool that takes longer is asked another time. */
const listingMs = 60_000;

/** An object is opened, and its first bytes are read. */
const objectMs = 30_000;

/** Kept free for the ledger. */
const settleReserveMs = 5_000;

/**
 * Finds out what became of an upload that may have been delivered: by reading its target, never by sending.
 * Reading is harmless, so two readers at once are too; only the first one's word is written.
 * @throws only when the ledger could not be read or written.
 */
export const readBack = async (record: LedgerRecord, deadline: Deadline, deps: ReadBackDeps): Promise<Outcome> => {
  const { clock, ledger, observe } = deps;
  const startedAt = clock.now();
  const known = { id: uploadId(record.upload), readable: true, record } as const;
  if (record.state.status !== 'unknown') return unchangedOutcome(known, record.upload);
  const written = await ledger.apply(record, await finding(record, record.state, deadline, deps));
  if (written === 'lost') return unchangedOutcome(known, record.upload);
  const outcome = outcomeOf(written.record);
  observe(outcome, { totalMs: clock.now() - startedAt });
  return outcome;
};

const finding = async (
  record: LedgerRecord,
  state: Unknown,
  deadline: Deadline,
  deps: ReadBackDeps,
): Promise<LedgerEvent> => {
  const { settings, clock, pauses, kombo, ledger } = deps;
  const { target } = record;
  // A person has said beforehand that a double is better than a wait.
  if (settings.onUnknown === 'resend') {
    return mayRepeat(record, mostTries, clock.now())
      ? { kind: 'missed', dueAt: clock.now(), final: true }
      : undecidable(state, 'It was sent again for a day or 12 times, and no answer ever came.');
  }
  if (!target) return undecidable(state, 'The key names no target any more.');
  const pause = await pauses.stopping(target.integrationId);
  if (pause) {
    const detail = `It began with ${state.failure.code}. ${pausedSentence(pause)}`;
    return { kind: 'paused', scope: pause.scope, failure: { ...state.failure, code: 'INTEGRATION_PAUSED', detail } };
  }

  const { sent, objectUnread, ...named } = await sentOf(record, deadlineWithin(clock, deadline, objectMs), deps);
  // A token in the name is looked for under any.
  const nameGuessed =
    !settings.nameToken && (named.nameGuessed || (record.sentBefore?.name ?? sent.name) !== sent.name);
  const askedAt = clock.now();
  const own = deadlineWithin(clock, deadline, listingMs);
  const listing = await kombo.listAttachments(target, own.signal).finally(own.clear);
  if (!listing.ok) return unread(listing.failure, record, state, deps);

  const judged = async (): Promise<{ verdict: Verdict; underWay: boolean; justAttached: boolean }> => {
    // Read after the listing: who attached a file that it shows must be known by then.
    const siblings = await siblingsOf(record, target, askedAt, ledger);
    const since = record.suspectSince ?? record.createdAt;
    const token = settings.nameToken ? nameToken(record.upload) : undefined;
    const verdict = weigh(listing.value, { sent, nameGuessed, since, token, siblings });
    return {
      verdict,
      underWay: siblings.some((sibling) => sibling.underWay),
      justAttached: siblings.some(
        ({ name = sent.name, attachedAt = 0 }) => sameName(name, sent.name) && attachedAt > askedAt - lateMs,
      ),
    };
  };
  let { verdict, underWay, justAttached } = await judged();
  // Whoever shortens the waiting times shortens this one.
  const lagMs = Math.min(indexLagMs, settings.readBackAfterMs);
  const isNew = ({ createdAt = askedAt }: ListedAttachment): boolean => createdAt > askedAt - skewMs - lagMs;
  if (verdict === 'found' && listing.value.some(isNew)) {
    if (deadline.remainingMs() < lagMs + settleReserveMs)
      return readAgain(record, state, {}, deps) ?? undecidable(state, doubtfulWhy);
    await sleep(clock, lagMs);
    ({ verdict, underWay, justAttached } = await judged());
  }
  switch (verdict) {
    case 'found':
      return { kind: 'found', sent };
    case 'undecidable': {
      const passes = underWay || objectUnread === true;
      return (
        (passes && readAgain(record, state, {}, deps)) || undecidable(state, nameGuessed ? guessedWhy : doubtfulWhy)
      );
    }
    case 'absent': {
      // Its own file may not be listed yet, and the one that is listed be ours.
      if (justAttached && listing.value.length > 0)
        return { kind: 'missed', dueAt: clock.now() + lateMs, final: false };
      const final = state.firstMissAt !== undefined && clock.now() - state.firstMissAt >= settings.readBackAgainMs;
      if (final && !mayRepeat(record, mostUnknowns, clock.now())) {
        return undecidable(
          state,
          `Sent ${record.unknowns ?? 0} times without an answer, and the target never listed it.`,
        );
      }
      return { kind: 'missed', dueAt: clock.now() + (final ? 0 : settings.readBackAgainMs), final };
    }
  }
};

const doubtfulWhy = 'The target lists a file of that name, and its date or type does not tell whose it is.';
const guessedWhy = 'Under which name it went out is not certain, and the target lists a file that may be it.';

/**
 * A tool that takes files, gives no answer and lists them under other names would get one copy after another. Twice
 * is bad luck; then a person looks.
 */
const mostUnknowns = 3;
const mostTries = 12;
const longestPatienceMs = 24 * 3_600_000;

const mayRepeat = ({ unknowns = 0, triesSince }: LedgerRecord, most: number, now: number): boolean =>
  unknowns < most && now - triesSince < longestPatienceMs;

const undecidable = ({ failure }: Unknown, why: string): LedgerEvent => ({
  kind: 'undecidable',
  failure: { ...failure, code: 'OUTCOME_UNKNOWN', detail: `${why} It began with ${failure.code}.` },
});

const unread = (failure: KomboFailure, record: LedgerRecord, state: Unknown, deps: ReadBackDeps): LedgerEvent => {
  const { code } = failure;
  if (failureOf(code).neverLists) return undecidable(state, `Kombo does not list the target's files (${code}).`);
  return (
    readAgain(record, state, failure, deps) ??
    undecidable(state, `The target could not be read for a day or in 12 tries; the last one ended with ${code}.`)
  );
};

/** A reading that told nothing is repeated; undefined when patience has run out. */
const readAgain = (
  record: LedgerRecord,
  state: Unknown,
  {
    code = state.failure.code,
    askedWaitMs,
  }: { readonly code?: FailureCode; readonly askedWaitMs?: number | undefined },
  { settings, clock, random }: ReadBackDeps,
): LedgerEvent | undefined => {
  const facts = {
    tries: state.failedReadings + 1,
    triesSince: state.unknownSince ?? record.suspectSince ?? record.createdAt,
    code,
    askedWaitMs,
  };
  const baseMs = Math.max(settings.retryBaseMs, settings.readBackAfterMs);
  const dueAt = nextTryAt({ baseMs }, facts, clock.now(), random());
  return dueAt === undefined ? undefined : { kind: 'unreadable', dueAt, failure: state.failure };
};
