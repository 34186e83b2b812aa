import type { Courier } from '../courier.ts';
import { isScanCode } from '../failures/failures.ts';
import { type KeyMatch, matchKey } from '../key-template/match-key.ts';
import { accountLane, restoredIn } from '../lane/lane.ts';
import { openVerdict } from '../ledger/latest-verdict.ts';
import type { LedgerEntry } from '../ledger/ledger.ts';
import type { EventOf, LedgerEvent } from '../ledger/ledger-event.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import type { Restored } from '../ledger/restored.ts';
import { transition } from '../ledger/transition.ts';
import { maxConflictRounds } from '../limits.ts';
import type { Result } from '../result.ts';
import type { Target } from '../upload/target.ts';
import { uploadId } from '../upload/upload.ts';

/** An operator's decision about one upload. Its reason is stored with the record. */
export type OperatorDecision =
  | (Pick<EventOf<'retry'>, 'kind' | 'reason'> & {
      /** Releases a file without a clean scan verdict, but never one with a found threat. Not allowed for many files. */
      readonly force?: true | undefined;
    })
  | Pick<EventOf<'resend'>, 'kind' | 'reason'>
  | EventOf<'resolve'>;

/**
 * Why a decision was not written. `state`: its state does not allow it. `threat`: the scan found a threat. `scan`: there
 * is no clean verdict. `verdict`: the scan has reported something that the operator has not seen. `key`: its key names
 * no target. `gone`: erased in the meantime. `conflict`: too many writers.
 */
export type Undecided = 'state' | 'threat' | 'scan' | 'verdict' | 'key' | 'gone' | 'conflict' | 'unreadable';

export type Decided =
  | { readonly done: true; readonly record: LedgerRecord }
  | { readonly done: false; readonly why: Undecided; readonly known?: LedgerEntry };

/**
 * Writes an operator's decision into the record, whatever its state is by then. A file that the scan did not find clean
 * is released by a clean verdict, or by an operator who names that file and adds `force`. It is never released among
 * many. A file in which the scan found a threat is released only by a clean verdict: otherwise everyone who may invoke
 * on-demand could send malware into the ATS of a customer.
 * @throws only when the ledger could not be read or written.
 */
export const decide = async (
  record: LedgerRecord,
  decision: OperatorDecision,
  { settings, ledger, lanes }: Pick<Courier, 'settings' | 'ledger' | 'lanes'>,
): Promise<Decided> => {
  let seen = record;
  // The templates may have changed since, so the target is derived from the key again.
  const match = matchKey(settings.keyTemplates, record.upload.key, settings.integrationId);
  const restored = decision.kind === 'retry' ? restoredIn(await lanes.read(accountLane)) : undefined;
  for (let round = 1; round <= maxConflictRounds; round += 1) {
    const known = { id: uploadId(seen.upload), readable: true, record: seen } as const;
    const why = obstacle(seen, decision, match, settings) ?? (hasNewVerdict(seen, record) ? 'verdict' : undefined);
    if (why) return { done: false, why, known };
    const target = targetNow(seen, match);
    if (decision.kind !== 'resolve' && target) await lanes.touch(target.integrationId);
    const written = await ledger.apply(seen, eventOf(decision, match, restored));
    if (written !== 'conflict') return { done: true, record: written.record };
    const now = await ledger.read(known.id);
    if (!now) return { done: false, why: 'gone' };
    if (!now.readable) return { done: false, why: 'unreadable', known: now };
    if (now.record.version === seen.version) return { done: false, why: 'state', known: now };
    seen = now.record;
  }
  return { done: false, why: 'conflict' };
};

/** Where a retry would send the file, or why it would not release it. Writes nothing. */
export const foreseeRetry = (
  record: LedgerRecord,
  { settings, clock }: Pick<Courier, 'settings' | 'clock'>,
): { readonly target: Target } | { readonly why: Undecided } => {
  const match = matchKey(settings.keyTemplates, record.upload.key, settings.integrationId);
  const decision = { kind: 'retry', reason: '' } as const;
  const why = obstacle(record, decision, match, settings);
  if (why) return { why };
  const target = targetNow(record, match);
  return target && transition(record, eventOf(decision, match, undefined), clock.now(), '')
    ? { target }
    : { why: 'state' };
};

const targetNow = ({ target }: LedgerRecord, match: Result<KeyMatch>): Target | undefined =>
  match.ok ? match.value.target : target;

const obstacle = (
  record: LedgerRecord,
  decision: OperatorDecision,
  match: Result<KeyMatch>,
  settings: ScanSettings,
): 'threat' | 'scan' | 'key' | undefined => {
  if (decision.kind === 'resolve') return undefined;
  // A retry of a file that may have been delivered only checks its target.
  const isCheck = decision.kind === 'retry' && record.state.status === 'unknown';
  if (!isCheck && isThreat(record)) return 'threat';
  if (!isCheck && decision.kind === 'retry' && !decision.force && lacksCleanVerdict(record, settings)) return 'scan';
  return targetNow(record, match) ? undefined : 'key';
};

type ScanSettings = Pick<Courier['settings'], 'requireScan'>;

const eventOf = (decision: OperatorDecision, match: Result<KeyMatch>, restored: Restored | undefined): LedgerEvent => {
  if (decision.kind === 'resolve') return decision;
  const where = match.ok ? { target: match.value.target, attachmentType: match.value.attachmentType } : {};
  const { kind, reason } = decision;
  return kind === 'retry' ? { kind, reason, ...where, restored } : { kind, reason, ...where };
};

/**
 * Whether a file is not delivered and has no clean verdict of the malware scan. An operator's earlier decision about
 * its verdict allowed one attempt only, so it does not count. A missing verdict counts if one is required.
 */
export const lacksCleanVerdict = ({ state, verdict }: LedgerRecord, { requireScan }: ScanSettings): boolean =>
  (state.status === 'held' || state.status === 'rejected' || state.status === 'superseded') &&
  (isScanCode(state.failure.code) || (verdict ? verdict.code !== 'clean' : requireScan));

const isThreat = ({ state, verdict }: LedgerRecord): boolean =>
  verdict ? verdict.code === threat : 'failure' in state && state.failure.code === threat;

const threat = 'SCAN_THREAT_FOUND';

/** Whether a verdict arrived after the operator read the record, so that the decision was made without it. */
const hasNewVerdict = (now: LedgerRecord, shown: LedgerRecord): boolean => {
  const code = openVerdict(now.verdict)?.code;
  return code !== undefined && code !== openVerdict(shown.verdict)?.code;
};
