import { sleep } from '../clock.ts';
import type { Courier } from '../courier.ts';
import { nextStepIfItPersists } from '../failures/advice.ts';
import { failureOf } from '../failures/failures.ts';
import { mayBeMistyped } from '../lane/lane.ts';
import { noteAnswer } from '../lane/note-answer.ts';
import type { Ledger, LedgerEntry } from '../ledger/ledger.ts';
import type { Ending, EventOf, LedgerEvent } from '../ledger/ledger-event.ts';
import { outcomeOf, unchangedOutcome } from '../ledger/outcome-from-record.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import { maxConflictRounds, settleWaitsMs } from '../limits.ts';
import type { Outcome } from '../outcome.ts';
import { noteSample } from '../read-back/note-sample.ts';
import { uploadId } from '../upload/upload.ts';
import { type AttemptReport, failWith } from './attempt-report.ts';
import { nextAttemptAt } from './retry-policy.ts';

type SettleCourier = Pick<Courier, 'settings' | 'ledger' | 'lanes' | 'apiKey' | 'clock' | 'random' | 'uuid'>;

/**
 * Records how a claim ended: pauses the lane if every file would fail in the same way, decides when to try again, and
 * writes the record.
 * @param record as written by the claim
 * @throws only when the ledger could not be read or written
 */
export const settle = async (
  record: LedgerRecord,
  owner: string,
  report: AttemptReport,
  courier: SettleCourier,
): Promise<Outcome> => {
  const event = await eventOf(record, owner, report, courier);
  let own = record;
  for (let round = 1; ; round += 1) {
    const written = await applyPatiently(own, event, courier);
    if (written !== 'conflict') {
      await noteSample(written.record, courier);
      return outcomeOf(written.record);
    }
    const known = await courier.ledger.read(uploadId(record.upload));
    // An operator had it forgotten meanwhile; nothing is brought back. Reported as still being sent.
    if (!known) return outcomeOf(record);
    // A scan verdict was written while we held the lease. It is kept when we settle.
    if (isStillOwned(known, owner) && round < maxConflictRounds) {
      own = known.record;
      continue;
    }
    // Otherwise another invocation found our lease expired. A success is still recorded; anything else is left to
    // read-back.
    const late =
      known.readable && event.kind === 'delivered' && (await applyLate(known.record, record, event, courier));
    return late ? outcomeOf(late) : unchangedOutcome(known, record.upload);
  }
};

const isStillOwned = (known: LedgerEntry, owner: string): known is Extract<LedgerEntry, { readable: true }> =>
  known.readable && known.record.state.status === 'sending' && known.record.state.owner === owner;

const applyLate = async (
  known: LedgerRecord,
  { attempts }: LedgerRecord,
  { owner: _, kind: __, ...delivered }: EventOf<'delivered'>,
  { ledger }: Pick<Courier, 'ledger'>,
): Promise<LedgerRecord | undefined> => {
  const written = await ledger.apply(known, { kind: 'delivered-late', attempt: attempts, ...delivered });
  return written === 'conflict' ? undefined : written.record;
};

const eventOf = async (
  record: LedgerRecord,
  owner: string,
  { ending: reported, retryAfterMs, komboMs }: AttemptReport,
  courier: SettleCourier,
): Promise<EventOf<'delivered' | 'same-bytes' | 'failed'>> => {
  const { settings, clock, random } = courier;
  const ending = await judged(reported, record, courier);
  // Only the response to a POST says something about other files.
  const isAnswer = komboMs !== undefined && record.target !== undefined;
  const failure = ending.kind === 'failed' ? ending.failure : undefined;
  if (isAnswer && !isMistakeInKey(ending))
    await noteAnswer(record.target.integrationId, { failure, retryAfterMs }, courier);
  if (ending.kind !== 'failed') return { ...ending, owner };
  const failed = { ...ending, owner };
  const now = clock.now();
  if (ending.as === 'unknown') return { ...failed, dueAt: now + settings.readBackAfterMs };
  if (ending.as !== 'waiting') return { ...failed, dueAt: now };
  if (ending.waitsUntil !== undefined) return { ...failed, dueAt: ending.waitsUntil };
  const { code, detail } = ending.failure;
  const openedAt = await openingOf(record, courier);
  const dueAt = nextAttemptAt(settings.retryBaseMs, { record, code, retryAfterMs, openedAt }, now, random());
  if (dueAt !== undefined) return { ...failed, dueAt };
  const words = [
    `The last of ${record.attemptsSinceRelease} attempts ended with ${code}.`,
    detail,
    nextStepIfItPersists(code),
  ];
  return {
    ...failed,
    as: 'held',
    failure: { ...ending.failure, code: 'RETRIES_EXHAUSTED', detail: words.join(' ') },
    dueAt: now,
  };
};

/** Adjusts the failure if the file's history or its lane changes what it means. */
const judged = async (ending: Ending, record: LedgerRecord, { settings, lanes }: SettleCourier): Promise<Ending> => {
  if (ending.kind !== 'failed') return ending;
  const { failure } = ending;
  const { target, waited } = record;
  if (failure.code === 'OBJECT_DELETED' && waited) {
    return { ...ending, ...failWith({ ...failure, code: 'OBJECT_GONE' }) };
  }
  if (failureOf(failure.code).pauses !== 'known-integration' || !target) return ending;
  const lane = await lanes.read(target.integrationId).catch(() => 'unreadable' as const);
  // A mistake in one key must not make other files wait.
  return lane !== 'unreadable' && mayBeMistyped(lane, settings.integrationId) ? { ...ending, as: 'rejected' } : ending;
};

const isMistakeInKey = (ending: Ending): boolean =>
  ending.kind === 'failed' && ending.as === 'rejected' && failureOf(ending.failure.code).pauses !== 'nothing';

/**
 * A file must not be held for the time that it spent behind a pause. So its lane counts as opened now when this is the
 * file that probes the pause, and when the lane cannot be read, because it may have opened just now.
 */
const openingOf = async ({ target }: LedgerRecord, { lanes, clock }: SettleCourier): Promise<number> =>
  target
    ? lanes.gate(target.integrationId).then(
        ({ closed, openedAt }) => (closed ? clock.now() : openedAt),
        () => clock.now(),
      )
    : 0;

/**
 * Retried on top of the SDK's own retries while the table is briefly unavailable, because without this write a
 * delivered file becomes unknown.
 */
const applyPatiently = async (
  record: LedgerRecord,
  event: LedgerEvent,
  { ledger, lanes, clock, uuid }: Pick<Courier, 'ledger' | 'lanes' | 'clock' | 'uuid'>,
): ReturnType<Ledger['apply']> => {
  const entersLane = event.kind === 'failed' && (event.as === 'waiting' || event.as === 'unknown');
  // The same id for every try: a write whose response was lost recognises itself.
  const writeId = uuid();
  const write = async (): ReturnType<Ledger['apply']> => {
    if (entersLane && record.target) await lanes.touch(record.target.integrationId);
    return ledger.apply(record, event, writeId);
  };
  for (const waitMs of settleWaitsMs) {
    try {
      return await write();
    } catch {
      await sleep(clock, waitMs);
    }
  }
  return write();
};
