import { sleep } from '../clock.ts';
import type { Courier } from '../courier.ts';
import { failureOf } from '../failures/failures.ts';
import { pauseScope } from '../lane/pause.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Ending, EventOf, LedgerEvent } from '../ledger/ledger-event.ts';
import { outcomeOf, unchangedOutcome } from '../ledger/outcome-from-record.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import { settleWaitsMs } from '../limits.ts';
import type { Outcome } from '../outcome.ts';
import { noteSample } from '../read-back/note-sample.ts';
import { uploadId } from '../upload/upload.ts';
import type { AttemptReport } from './attempt-report.ts';
import type { AttemptOptions } from './delivery-options.ts';
import { nextAttemptAt } from './retry-policy.ts';

type SettleCourier = Pick<Courier, 'settings' | 'ledger' | 'lanes' | 'pauses' | 'clock' | 'random'>;
type Failed = Extract<Ending, { kind: 'failed' }>;

/**
 * Records how a claim ended: pauses what would fail in the same way, decides when to try again, and writes the record.
 * @param record as the claim has written it
 * @throws only when the ledger could not be read or written
 */
export const settle = async (
  record: LedgerRecord,
  owner: string,
  report: AttemptReport,
  options: AttemptOptions,
  courier: SettleCourier,
): Promise<Outcome> => {
  const event = await eventOf(record, owner, report, options, courier);
  const written = await applyPatiently(record, event, courier);
  if (written !== 'conflict') {
    if (event.kind === 'delivered') await noteSample(written.record, courier);
    return outcomeOf(written.record);
  }
  const known = await courier.ledger.read(uploadId(record.upload));
  if (!known) return outcomeOf(record);
  // One version further, with the status we wrote: our write succeeded and only its response was lost.
  const status = event.kind === 'failed' ? event.as : 'attached';
  const isOurs = known.readable && known.record.version === record.version + 1 && known.record.state.status === status;
  if (isOurs) return outcomeOf(known.record);
  // Otherwise the lease was found expired. A success still decides the attempt; for anything else the read-back does.
  const late = known.readable && event.kind === 'delivered' && (await applyLate(known.record, record, event, courier));
  return late ? outcomeOf(late) : unchangedOutcome(known, record.upload);
};

const applyLate = async (
  known: LedgerRecord,
  { attempts }: LedgerRecord,
  { warnings, sent, content }: EventOf<'delivered'>,
  { ledger }: Pick<Courier, 'ledger'>,
): Promise<LedgerRecord | undefined> => {
  const written = await ledger.apply(known, { kind: 'delivered-late', attempt: attempts, warnings, sent, content });
  return written === 'conflict' ? undefined : written.record;
};

const eventOf = async (
  record: LedgerRecord,
  owner: string,
  { ending, retryAfterMs }: AttemptReport,
  { paced }: AttemptOptions,
  courier: SettleCourier,
): Promise<EventOf<'delivered' | 'failed'>> => {
  if (ending.kind === 'delivered') return { ...ending, owner };
  // The pause comes first: a file held by a pause that was never written would wait for an end that never comes.
  const pausedBy = ending.pausedBy ?? (await beginPause(ending, record, courier));
  const failed = { ...ending, owner, ...(pausedBy !== undefined && { pausedBy }) };
  const { settings, clock, random } = courier;
  const now = clock.now();
  if (ending.as === 'unknown') return { ...failed, dueAt: now + settings.readBackAfterMs };
  if (ending.as !== 'waiting') return { ...failed, dueAt: now };
  const { attemptsSinceRelease, throttledAttempts, releasedAt } = record;
  const { code, detail } = ending.failure;
  const facts = { attemptsSinceRelease, throttledAttempts, releasedAt, code, retryAfterMs, paced };
  const dueAt = nextAttemptAt({ baseMs: settings.retryBaseMs }, facts, now, random());
  if (dueAt !== undefined) return { ...failed, dueAt };
  const exhausted = `The last of ${attemptsSinceRelease} attempts ended with ${code}. ${detail}`;
  const failure = { ...ending.failure, code: 'RETRIES_EXHAUSTED', detail: exhausted } as const;
  return { ...failed, as: 'held', failure, dueAt: now };
};

/**
 * A failure that every other file would meet pauses them, instead of using up their attempts one by one.
 * @returns the scope of the pause; undefined when there is none, also when it could not be written: the file is settled
 *   either way, and the next file starts the pause.
 */
const beginPause = async (
  { failure: { code, detail } }: Failed,
  { target }: LedgerRecord,
  { pauses }: Pick<Courier, 'pauses'>,
): Promise<string | undefined> => {
  const { pauses: reach, selfHealing } = failureOf(code);
  const scope = pauseScope(reach, target);
  if (scope === undefined) return undefined;
  return pauses.begin({ scope, code, by: 'kombo', reason: detail, selfHealing }).then(
    () => scope,
    () => undefined,
  );
};

/**
 * Without this write a delivered file becomes an unknown one, so it is repeated when the table is unavailable for a moment,
 * on top of the SDK's own retries.
 */
const applyPatiently = async (
  record: LedgerRecord,
  event: LedgerEvent,
  { ledger, clock }: Pick<Courier, 'ledger' | 'clock'>,
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
