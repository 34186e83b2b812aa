import { checkSize } from '../attachment/prepare.ts';
import { sleep } from '../clock.ts';
import { type Deadline, deadlineIn } from '../deadline.ts';
import type { FailureCode } from '../failures/failures.ts';
import { type KeyMatch, type KeyTemplate, matchKey } from '../key-template/match-key.ts';
import type { Known, Ledger } from '../ledger/ledger.ts';
import { outcomeOf, unchangedOutcome } from '../ledger/outcome-from-record.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import type { LedgerEvent } from '../ledger/transition.ts';
import type { Outcome } from '../outcome.ts';
import { accountScope, type Pause, pausedSentence } from '../pause/pause.ts';
import type { Pauses } from '../pause/pause-store.ts';
import type { Result } from '../result.ts';
import { type Upload, uploadId } from '../upload/upload.ts';
import { type AttemptDeps, type AttemptOptions, type AttemptResult, type AttemptSettings, attempt } from './attempt.ts';
import { nextTryAt } from './retry-policy.ts';

export interface DeliverSettings extends AttemptSettings {
  readonly keyTemplates: readonly KeyTemplate[];
  /** Applies to templates without {integration_id}. */
  readonly integrationId?: string | undefined;
  readonly leaseMs: number;
  readonly retryBaseMs: number;
  /** How long to wait before the target of an unknown outcome is read. */
  readonly readBackAfterMs: number;
}

export interface DeliverDeps extends AttemptDeps {
  readonly settings: DeliverSettings;
  readonly ledger: Ledger;
  readonly pauses: Pauses;
  readonly uuid: () => string;
  /** Hears of every outcome, once. */
  readonly observe: Observe;
}

/** Beside the outcome itself: how it went. Absent where it did not come so far. Milliseconds and bytes. */
export interface Measures {
  readonly totalMs: number;
  readonly komboMs?: number;
  readonly sizeBytes?: number;
}

export type Observe = (outcome: Outcome, measures: Measures) => void;

export interface DeliverOptions extends AttemptOptions {
  /** When the function ends. What is begun settles before it. */
  readonly deadline: Deadline;
  /** A scope whose pause this delivery is to test, and so may ignore. */
  readonly probe?: string;
  /** The record as a listing showed it: saves the claim from taking the upload for a new one. */
  readonly seen?: LedgerRecord;
  /** The malware scan found nothing: what an earlier verdict held goes on. */
  readonly scannedClean?: boolean;
  /** Settles without sending: the malware scan has spoken against the file. */
  readonly holdAs?: { readonly code: FailureCode; readonly detail: string };
}

/** The ledger is written within this time before the function ends. */
const settleReserveMs = 5_000;

/**
 * Sends one CV to its candidate or application: claims it in the ledger, posts it, and writes down what became of it.
 * Safe to call for the same upload from anywhere, at any time, in any number.
 * @throws only when the ledger could not be read or written; then whoever called should be called again.
 */
export const deliver = async (upload: Upload, options: DeliverOptions, deps: DeliverDeps): Promise<Outcome> => {
  const { clock, observe } = deps;
  const startedAt = clock.now();
  const { outcome, result } = await settled(upload, options, deps);
  observe(outcome, {
    totalMs: clock.now() - startedAt,
    ...(result?.komboMs !== undefined && { komboMs: result.komboMs }),
    ...(result?.sizeBytes !== undefined && { sizeBytes: result.sizeBytes }),
  });
  return outcome;
};

const settled = async (
  upload: Upload,
  options: DeliverOptions,
  deps: DeliverDeps,
): Promise<{ outcome: Outcome; result?: AttemptResult }> => {
  const { settings, ledger, clock, uuid } = deps;
  const match = matchKey(settings.keyTemplates, upload.key, settings.integrationId);
  const owner = uuid();
  const claim = await ledger.claim(
    {
      kind: 'claim',
      upload,
      ...(match.ok && { target: match.value.target, attachmentType: match.value.attachmentType }),
      owner,
      leaseUntil: clock.now() + settings.leaseMs,
      ...(options.scannedClean && { scannedClean: true }),
    },
    options.seen,
  );
  if (!claim.claimed) return { outcome: await outcomeOfRefusedClaim(claim.known, upload, options, deps) };

  const { record } = claim;
  const result = await tried(upload, match, record, options, deps);
  // First the pause: a file that is held by one which was never written would wait for an end that never comes.
  const paused = await pauseAfter(result, match, deps);
  const event = settlement(result, record, owner, paused, options, deps);
  const written = await settle(record, event, deps);
  if (written !== 'lost') return { outcome: outcomeOf(written.record), result };
  const known = await ledger.read(uploadId(upload));
  // The very next version with the very status: an earlier try to settle went through, only its answer was lost.
  const meant = event.kind === 'failed' ? event.as : 'attached';
  if (known?.readable && known.record.version === record.version + 1 && known.record.state.status === meant) {
    return { outcome: outcomeOf(known.record), result };
  }
  // Somebody found the lease expired. The record says so, and its read-back will find what was delivered here.
  return { outcome: known ? unchangedOutcome(known, upload) : outcomeOf(record), result };
};

/**
 * The most precious write: without it, a delivered file becomes an unknown one. So a table that is away for a moment
 * is asked again, on top of the SDK's own patience.
 */
const settle = async (
  record: LedgerRecord,
  event: LedgerEvent,
  { ledger, clock }: DeliverDeps,
): ReturnType<Ledger['apply']> => {
  for (const waitMs of settleWaitsMs) {
    try {
      return await ledger.apply(record, event);
    } catch {
      await sleep(clock, waitMs);
    }
  }
  return ledger.apply(record, event);
};

/** With quick refusals all of it fits into the reserve; a silent table is waited for less often. */
const settleWaitsMs = [100, 300, 900] as const;

/** A lease that has ended without a word makes the upload unknown, whoever notices first: never free to be sent. */
const outcomeOfRefusedClaim = async (
  known: Known,
  upload: Upload,
  { holdAs }: DeliverOptions,
  { ledger, clock, settings }: DeliverDeps,
): Promise<Outcome> => {
  if (!known.readable) return unchangedOutcome(known, upload);
  const { status } = known.record.state;
  // A missing verdict is no word against a file that is held for a reason of its own.
  if ((status === 'held' || status === 'unknown') && holdAs && holdAs.code !== 'SCAN_MISSING') {
    const barred = await ledger.apply(known.record, { kind: 'barred', failure: holdAs });
    return barred === 'lost' ? unchangedOutcome(known, upload) : outcomeOf(barred.record);
  }
  if (status !== 'sending') return unchangedOutcome(known, upload);
  const expired = await ledger.apply(known.record, {
    kind: 'lease-expired',
    dueAt: clock.now() + settings.readBackAfterMs,
  });
  return expired === 'lost' ? unchangedOutcome(known, upload) : outcomeOf(expired.record);
};

/** A result that also says which pause holds the file. */
type Tried = AttemptResult & { readonly pausedBy?: string };

const tried = async (
  upload: Upload,
  match: Result<KeyMatch>,
  { state }: LedgerRecord,
  { deadline, probe, holdAs, paced }: DeliverOptions,
  deps: DeliverDeps,
): Promise<Tried> => {
  const { settings, clock, pauses } = deps;
  if (holdAs) return { delivered: false, as: 'held', failure: holdAs };
  if (!match.ok) return { delivered: false, as: 'rejected', failure: match.error };
  const size = upload.sizeBytes === undefined ? undefined : checkSize(upload.sizeBytes, settings.maxBytes);
  if (size && !size.ok) return { delivered: false, as: 'rejected', failure: size.error };
  const pause = await pauses.stopping(match.value.target.integrationId, probe).catch(() => 'unread' as const);
  if (pause === 'unread') return unreadPauses;
  if (pause) return heldBy(pause);

  // The lease ends the attempt too: after it, another owner may be at work.
  const leaseLeftMs = state.status === 'sending' ? state.leaseUntil - clock.now() : 0;
  const own = deadlineIn(clock, Math.min(deadline.remainingMs() - settleReserveMs, leaseLeftMs));
  try {
    return await attempt(upload, match.value, own, deps, { paced });
  } finally {
    own.clear();
  }
};

/** To send against an unread stop is the worse mistake; to wait for the lease to end, the slower one. */
const unreadPauses: Tried = {
  delivered: false,
  as: 'retrying',
  failure: { code: 'LEDGER_UNAVAILABLE', detail: 'The pauses could not be read after the claim.' },
};

const heldBy = (pause: Pause): Tried => ({
  delivered: false,
  as: 'held',
  pausedBy: pause.scope,
  failure: { code: 'INTEGRATION_PAUSED', detail: pausedSentence(pause) },
});

/** What the ledger is told of a result. */
const settlement = (
  result: Tried,
  record: LedgerRecord,
  owner: string,
  paused: boolean,
  { paced }: DeliverOptions,
  deps: DeliverDeps,
): LedgerEvent => {
  const { settings, clock, random } = deps;
  if (result.delivered) return { kind: 'delivered', owner, warnings: result.warnings, sent: result.sent };
  const now = clock.now();
  const { failure, sent } = result;
  const pausedBy = result.pausedBy ?? (paused ? scopeOf(result, record) : undefined);
  const common = { kind: 'failed', owner, ...(sent && { sent }), ...(pausedBy !== undefined && { pausedBy }) } as const;
  switch (result.as) {
    case 'retrying': {
      const { tries, loadRefusals, triesSince } = record;
      const facts = { tries, loadRefusals, triesSince, code: failure.code, askedWaitMs: result.askedWaitMs, paced };
      const dueAt = nextTryAt({ baseMs: settings.retryBaseMs }, facts, now, random());
      if (dueAt !== undefined) return { ...common, as: 'retrying', failure, dueAt };
      const detail = `The last of ${tries} tries ended with ${failure.code}. ${failure.detail}`;
      return { ...common, as: 'held', failure: { ...failure, code: 'RETRIES_EXHAUSTED', detail }, dueAt: now };
    }
    case 'unknown':
      return { ...common, as: 'unknown', failure, dueAt: now + settings.readBackAfterMs };
    case 'held':
    case 'rejected':
    case 'superseded':
      return { ...common, as: result.as, failure, dueAt: now };
  }
};

const scopeOf = (result: Tried, { target }: LedgerRecord): string | undefined => {
  if (result.delivered || !result.pauses) return undefined;
  return result.pauses.scope === 'account' ? accountScope : target?.integrationId;
};

/** A failure that every other file would meet stops them, instead of spending their attempts one by one. */
const pauseAfter = async (result: Tried, match: Result<KeyMatch>, { pauses }: DeliverDeps): Promise<boolean> => {
  if (result.delivered || !result.pauses || !match.ok) return false;
  const scope = result.pauses.scope === 'account' ? accountScope : match.value.target.integrationId;
  const { code, detail } = result.failure;
  // The file itself is settled either way; a pause that could not be written is begun by the next file.
  return pauses.begin({ scope, code, by: 'kombo', reason: detail, heals: result.pauses.heals }).then(
    () => true,
    () => false,
  );
};
