import { type Deadline, deadlineWithin } from '../deadline.ts';
import { deliver } from '../delivery/deliver.ts';
import { failureOf } from '../failures/failures.ts';
import { accountScope, type Pause } from '../lane/pause.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import { ledgerPageSize, listingTimeoutMs, maxProbeFiles } from '../limits.ts';
import type { Outcome } from '../outcome.ts';
import { hasTime, type RunCourier, type RunOptions } from './run-options.ts';

type ProbeOptions = Pick<RunOptions, 'deadline' | 'worstCaseMs'>;

/**
 * Sends one file of each open pause whose cause may have ended without an operator, once per 15 minutes and scope. When
 * Kombo judges the file itself again, whatever it decides, the pause ends.
 */
export const probePauses = async (options: ProbeOptions, courier: RunCourier): Promise<readonly Outcome[]> => {
  const { pauses, clock } = courier;
  const outcomes: Outcome[] = [];
  for (const pause of await pauses.list()) {
    const due = pause.state === 'open' && pause.probeAt !== undefined && pause.probeAt <= clock.now();
    if (!due || !hasTime(options)) continue;
    const files = await probeFiles(pause.scope, courier);
    if (files.length === 0 || !(await pauses.takeProbe(pause))) continue;
    outcomes.push(...(await probe(pause, files, options, courier)));
  }
  return outcomes;
};

/** The oldest that the pause holds: those that may be sent, and if there are none, one that may only be looked up. */
const probeFiles = async (scope: string, { ledger }: RunCourier): Promise<readonly LedgerRecord[]> => {
  const sendable: LedgerRecord[] = [];
  const doubtful: LedgerRecord[] = [];
  for await (const known of ledger.work('held', ledgerPageSize)) {
    if (!known.readable || known.record.state.status !== 'held' || known.record.state.pausedBy !== scope) continue;
    const files = known.record.state.mayBeDelivered ? doubtful : sendable;
    if (files.length < maxProbeFiles) files.push(known.record);
    if (sendable.length === maxProbeFiles) break;
  }
  return sendable.length > 0 ? sendable : doubtful.slice(0, 1);
};

/** Ends with the first file that reached Kombo. */
const probe = async (
  { scope }: Pause,
  files: readonly LedgerRecord[],
  options: ProbeOptions,
  courier: RunCourier,
): Promise<readonly Outcome[]> => {
  const { pauses, ledger, clock } = courier;
  const outcomes: Outcome[] = [];
  for (const file of files) {
    if (!hasTime(options)) break;
    if (file.state.status === 'held' && file.state.mayBeDelivered) {
      if (await canBeListed(file, options.deadline, courier)) {
        await pauses.end(scope, { by: 'probe', reason: 'Kombo lists the files of a target again.' });
      }
      break;
    }
    const released = await ledger.apply(file, { kind: 'released', scope, dueAt: clock.now() });
    if (released === 'conflict') continue;
    const deliverOptions = { deadline: options.deadline, probe: scope, seen: released.record };
    const outcome = await deliver(file.upload, deliverOptions, courier);
    outcomes.push(outcome);
    if (endsPause(outcome, scope)) {
      await pauses.end(scope, { by: 'probe', reason: `A file got through to Kombo and ended as ${outcome.status}.` });
    }
    // Deleted in the meantime, or held by another pause: neither says anything about this pause.
    const stopped = outcome.status === 'held' && outcome.failure.code === 'INTEGRATION_PAUSED';
    if (outcome.status !== 'superseded' && !stopped) break;
  }
  return outcomes;
};

/** What may have been delivered must not be sent as a probe; reading its target is harmless. */
const canBeListed = async (
  { target }: LedgerRecord,
  deadline: Deadline,
  { kombo, clock }: RunCourier,
): Promise<boolean> => {
  if (!target) return false;
  const own = deadlineWithin(clock, deadline, listingTimeoutMs);
  const listing = await kombo.listAttachments(target, own.signal).finally(own.clear);
  return listing.ok;
};

/** Kombo looked at the file itself. A failure of the network or of S3 says nothing about the cause of the pause. */
const endsPause = (outcome: Outcome, scope: string): boolean => {
  if (outcome.status === 'attached') return true;
  // An unchanged outcome belongs to another invocation, and its failure is an old one.
  if (outcome.status === 'ignored' || outcome.status === 'unchanged' || !('failure' in outcome)) return false;
  const { judges } = failureOf(outcome.failure.code);
  // Kombo reports on a single integration only after it has accepted the API key, so the account pause can end.
  return judges === 'file' || (scope === accountScope && judges === 'integration');
};
