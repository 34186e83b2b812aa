import type { Courier } from '../courier.ts';
import { deadlineIn } from '../deadline.ts';
import { type KeyMatch, matchKey } from '../key-template/match-key.ts';
import { targetOf } from '../ledger/first-record.ts';
import type { Claim, LedgerEntry } from '../ledger/ledger.ts';
import { outcomeOf, unchangedOutcome } from '../ledger/outcome-from-record.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import { isInDoubt } from '../ledger/restored.ts';
import { settleReserveMs } from '../limits.ts';
import type { Outcome } from '../outcome.ts';
import type { Result } from '../result.ts';
import type { Upload } from '../upload/upload.ts';
import { admit } from './admission.ts';
import { attempt } from './attempt.ts';
import { type AttemptReport, failWith } from './attempt-report.ts';
import type { DeliverCourier, DeliverOptions } from './delivery-options.ts';
import { doubt, mayBeInDoubt, restoreOf } from './doubt.ts';
import { expireLease } from './expire-lease.ts';
import { sameBytesBefore } from './same-bytes.ts';
import { settle } from './settle.ts';

/**
 * Sends one CV to its candidate or application: claims it in the ledger, posts it, and records the result. Safe to call
 * repeatedly and concurrently for the same upload.
 * @throws only when the ledger could not be read or written; then the caller should call again
 */
export const deliver = async (upload: Upload, options: DeliverOptions, courier: DeliverCourier): Promise<Outcome> => {
  const { clock, observe } = courier;
  const startedAt = clock.now();
  const { outcome, report } = await claimAndSend(upload, options, courier);
  observe(outcome, {
    totalMs: clock.now() - startedAt,
    ...(report?.komboMs !== undefined && { komboMs: report.komboMs }),
    ...(report?.sizeBytes !== undefined && { sizeBytes: report.sizeBytes }),
  });
  return outcome;
};

const claimAndSend = async (
  upload: Upload,
  options: DeliverOptions,
  courier: DeliverCourier,
): Promise<{ outcome: Outcome; report?: AttemptReport }> => {
  const { settings, ledger, clock, uuid } = courier;
  const match = matchKey(settings.keyTemplates, upload.key, settings.integrationId);
  const backfill = options.backfill ?? options.seen?.backfill;
  const restored = match.ok ? await restoreOf(match.value.target, courier) : undefined;
  const about = {
    upload,
    ...(options.verdict && { verdict: options.verdict }),
    ...(backfill && { backfill }),
    ...(restored && { restored }),
  };
  if (match.ok && restored && mayBeInDoubt(upload, options.seen, restored)) {
    const doubted = { kind: 'doubted', ...about, ...match.value, restored } as const;
    const outcome = await doubt(doubted, options.seen, courier);
    if (outcome) return { outcome };
  }
  const admission = match.ok ? await admit(match.value.target, options, courier) : undefined;
  if (match.ok && admission?.wait) {
    const { target, attachmentType } = match.value;
    await courier.lanes.touch(target.integrationId);
    const postponed = { kind: 'postponed', ...about, target, attachmentType, ...admission.wait } as const;
    return { outcome: await outcomeOfEntry(await ledger.postpone(postponed, options.seen), upload, courier) };
  }
  const claim = { kind: 'claim', ...about, ...(match.ok && targetOf(match.value)) } as const;
  let known: LedgerEntry;
  try {
    const owner = uuid();
    const isEarly = options.early || options.probes !== undefined;
    const lease = { owner, leaseUntil: clock.now() + settings.leaseMs, ...(isEarly && { early: true }) };
    const entry = await ledger.claim({ ...claim, ...lease }, options.seen);
    if (entry.written) {
      const report = await send(upload, match, entry.record, options, courier);
      return { outcome: await settle(entry.record, owner, report, courier), report };
    }
    known = entry.known;
  } finally {
    admission?.leave?.();
  }
  // The record shows a doubt that the event did not: the file may have been sent before the restore.
  if (!options.seen && known.readable && isInDoubt(known.record, restored)) {
    return claimAndSend(upload, { ...options, seen: known.record }, courier);
  }
  return { outcome: await outcomeOfEntry({ written: false, known }, upload, courier) };
};

/**
 * When nothing was written, the upload is settled or another invocation owns it. Only an expired lease is changed here.
 */
export const outcomeOfEntry = async (
  entry: Claim,
  upload: Upload,
  courier: Pick<Courier, 'ledger' | 'lanes' | 'clock' | 'settings'>,
): Promise<Outcome> => {
  if (entry.written) return outcomeOf(entry.record);
  const { known } = entry;
  if (!known.readable || known.record.state.status !== 'sending') return unchangedOutcome(known, upload);
  const written = await expireLease(known.record, courier);
  return written === 'conflict' ? unchangedOutcome(known, upload) : outcomeOf(written.record);
};

/** Sends the claimed file, unless its key matches no template or the same bytes are already attached. */
const send = async (
  upload: Upload,
  match: Result<KeyMatch>,
  record: LedgerRecord,
  { deadline }: DeliverOptions,
  courier: DeliverCourier,
): Promise<AttemptReport> => {
  const { clock } = courier;
  const { state } = record;
  if (!match.ok) return { ending: failWith(match.error) };
  // The attempt must end with the lease, because after that another owner may be working on the file.
  const leaseLeftMs = state.status === 'sending' ? state.leaseUntil - clock.now() : 0;
  const own = deadlineIn(clock, Math.min(deadline.remainingMs() - settleReserveMs, leaseLeftMs));
  try {
    const beforeSending = sameBytesBefore(record, match.value, own, courier);
    return await attempt(upload, match.value, own, courier, beforeSending);
  } finally {
    own.clear();
  }
};
