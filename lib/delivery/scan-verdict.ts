import type { Deadline } from '../deadline.ts';
import { OwnError } from '../failures/own-error.ts';
import { type KeyMatch, matchKey } from '../key-template/match-key.ts';
import { targetOf } from '../ledger/first-record.ts';
import { latestVerdict, type ReportedVerdict, type ScanVerdict } from '../ledger/latest-verdict.ts';
import type { EventOf } from '../ledger/ledger-event.ts';
import { outcomeOf } from '../ledger/outcome-from-record.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import { maxConflictRounds } from '../limits.ts';
import type { Outcome } from '../outcome.ts';
import type { Result } from '../result.ts';
import { type Upload, uploadId } from '../upload/upload.ts';
import { deliver, outcomeOfEntry } from './deliver.ts';
import type { DeliverCourier } from './delivery-options.ts';
import { mayBeInDoubt, restoreOf } from './doubt.ts';

/**
 * Writes a verdict of the malware scan into the record of the scanned bytes, in any state and without taking the lease.
 * A verdict other than clean holds a file that is not delivered. While the file is being sent or may have been
 * delivered, the verdict is stored and applied when that ends. An attached file stays attached, and an operator must
 * acknowledge the verdict. A clean verdict sends a file that waits for it, and releases one that only an earlier
 * verdict holds. Verdicts may arrive twice, late and in any order.
 * @throws only when the ledger could not be read or written; then the caller should call again
 */
export const noteVerdict = async (
  upload: Upload,
  reported: ReportedVerdict,
  deadline: Deadline,
  courier: DeliverCourier,
): Promise<Outcome> => {
  const verdict = datedVerdict(reported, courier.clock.now());
  return verdict.code === 'clean'
    ? deliverClean(upload, verdict, deadline, courier)
    : writeVerdict(upload, verdict, undefined, courier);
};

/**
 * A clean verdict without a time is treated as the oldest and overrides no other verdict. Any other verdict without a
 * time counts as new.
 */
const datedVerdict = ({ code, at }: ReportedVerdict, now: number): ScanVerdict => ({
  code,
  at: at ?? (code === 'clean' ? 0 : now),
});

/** The claim also writes the verdict. The record is read and written separately only if there was nothing to claim. */
const deliverClean = async (
  upload: Upload,
  verdict: ScanVerdict,
  deadline: Deadline,
  courier: DeliverCourier,
): Promise<Outcome> => {
  const { ledger } = courier;
  for (let round = 1; round <= maxConflictRounds; round += 1) {
    const outcome = await deliver(upload, { deadline, verdict }, courier);
    if (!mayHaveWrittenNothing.has(outcome.status)) return outcome;
    const known = await ledger.read(uploadId(upload));
    if (!known?.readable || latestVerdict(known.record.verdict, verdict) === known.record.verdict) return outcome;
    // A file that only an earlier verdict holds is not changed by this, because the claim of the next round releases it.
    const written = await writeVerdict(upload, verdict, known.record, courier);
    if (written.status !== 'unchanged') return written;
  }
  throw new OwnError('Too many verdicts and deliveries of one file arrived at the same time.');
};

/** `unknown`: another owner's lease had expired. */
const mayHaveWrittenNothing: ReadonlySet<Outcome['status']> = new Set(['unchanged', 'already-attached', 'unknown']);

/**
 * With REQUIRE_SCAN, holds an object that the sweep, an operator or a manifest names until its clean verdict arrives.
 * An existing record is not changed.
 * @throws only when the ledger could not be read or written
 */
export const holdUnscanned = async (
  upload: Upload,
  seen: LedgerRecord | undefined,
  courier: DeliverCourier,
): Promise<Outcome> => {
  const match = matchKey(courier.settings.keyTemplates, upload.key, courier.settings.integrationId);
  const restored = match.ok ? await restoreOf(match.value.target, courier) : undefined;
  const isInDoubt = restored !== undefined && mayBeInDoubt(upload, seen, restored);
  const unscanned = { kind: 'unscanned', upload, ...whereOf(match), ...(isInDoubt && { restored }) } as const;
  return writeAndObserve(unscanned, seen, courier);
};

const writeVerdict = async (
  upload: Upload,
  verdict: ScanVerdict,
  seen: LedgerRecord | undefined,
  courier: DeliverCourier,
): Promise<Outcome> => {
  const { settings, lanes } = courier;
  const match = matchKey(settings.keyTemplates, upload.key, settings.integrationId);
  const restored = match.ok ? await restoreOf(match.value.target, courier) : undefined;
  const target = seen?.target ?? (match.ok ? match.value.target : undefined);
  // Only these two cases put the record into a lane, for a check of the target.
  if (target && (restored || verdict.code === 'clean')) await lanes.touch(target.integrationId);
  const scanned = { kind: 'scanned', upload, ...whereOf(match), verdict, ...(restored && { restored }) } as const;
  return writeAndObserve(scanned, seen, courier);
};

const whereOf = (match: Result<KeyMatch>) => (match.ok ? targetOf(match.value) : {});

const writeAndObserve = async (
  event: EventOf<'scanned' | 'unscanned'>,
  seen: LedgerRecord | undefined,
  courier: DeliverCourier,
): Promise<Outcome> => {
  const { clock, ledger, observe } = courier;
  const startedAt = clock.now();
  const entry = await ledger.scan(event, seen);
  const outcome = entry.written ? outcomeOfVerdict(entry.record) : await outcomeOfEntry(entry, event.upload, courier);
  observe(outcome, { totalMs: clock.now() - startedAt });
  return outcome;
};

/** The verdict itself attached nothing, so the file counts as attached before. */
const outcomeOfVerdict = (record: LedgerRecord): Outcome => {
  const outcome = outcomeOf(record);
  if (outcome.status !== 'attached') return outcome;
  const { warnings: _, ...attached } = outcome;
  return { ...attached, status: 'already-attached' };
};
