import { type Deadline, deadlineWithin } from '../deadline.ts';
import { deliver } from '../delivery/deliver.ts';
import { failureOf } from '../failures/failures.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import type { Outcome } from '../outcome.ts';
import { accountScope, type Pause } from '../pause/pause.ts';
import { viewLifetimeMs } from '../pause/pause-store.ts';
import type { ReadBackDeps } from '../read-back/read-back.ts';

/** Held work is read in pages of this many. */
const pageSize = 100;

interface ProbeOptions {
  readonly deadline: Deadline;
  /** Nothing is sent with less time left than this, in milliseconds. */
  readonly worstCaseMs: number;
}

/**
 * Tries one file of each open pause whose cause may have ended by itself, once per 15 minutes and scope. When Kombo
 * judges the file for itself again, whatever the judgement, the pause ends.
 */
export const probePauses = async (options: ProbeOptions, deps: ReadBackDeps): Promise<readonly Outcome[]> => {
  const { pauses, clock } = deps;
  const outcomes: Outcome[] = [];
  for (const pause of await pauses.list()) {
    const due = pause.state === 'open' && pause.probeAt !== undefined && pause.probeAt <= clock.now();
    if (!due || options.deadline.remainingMs() <= options.worstCaseMs) continue;
    const samples = await samplesOf(pause.scope, deps);
    if (samples.length === 0 || !(await pauses.takeProbe(pause))) continue;
    outcomes.push(...(await probe(pause, samples, options, deps)));
  }
  return outcomes;
};

/** Files that were deleted meanwhile tell nothing of Kombo, so a turn has a few more to try. */
const mostSamples = 5;

/** The oldest that the pause holds: those that may be sent, and if there are none, those that may only be looked for. */
const samplesOf = async (scope: string, { ledger }: ReadBackDeps): Promise<readonly LedgerRecord[]> => {
  const sendable: LedgerRecord[] = [];
  const doubtful: LedgerRecord[] = [];
  for await (const known of ledger.work('held', pageSize)) {
    if (!known.readable || known.record.state.status !== 'held' || known.record.state.pausedBy !== scope) continue;
    const samples = known.record.state.mayBeDelivered ? doubtful : sendable;
    if (samples.length < mostSamples) samples.push(known.record);
    if (sendable.length === mostSamples) break;
  }
  return sendable.length > 0 ? sendable : doubtful.slice(0, 1);
};

/** Ends with the first sample that reached Kombo. */
const probe = async (
  { scope }: Pause,
  samples: readonly LedgerRecord[],
  options: ProbeOptions,
  deps: ReadBackDeps,
): Promise<readonly Outcome[]> => {
  const { pauses, ledger, clock } = deps;
  const outcomes: Outcome[] = [];
  for (const sample of samples) {
    if (options.deadline.remainingMs() <= options.worstCaseMs) break;
    if (sample.state.status === 'held' && sample.state.mayBeDelivered) {
      if (await canBeListed(sample, options.deadline, deps)) {
        await pauses.end(scope, { by: 'probe', reason: 'Kombo lists the files of a target again.' });
      }
      break;
    }
    const released = await ledger.apply(sample, { kind: 'released', scope, dueAt: clock.now() });
    if (released === 'lost') continue;
    const outcome = await deliver(
      sample.upload,
      { deadline: options.deadline, probe: scope, seen: released.record },
      deps,
    );
    outcomes.push(outcome);
    if (showsHealing(outcome, scope)) {
      await pauses.end(scope, { by: 'probe', reason: `A file got through to Kombo and ended as ${outcome.status}.` });
    }
    // Gone meanwhile, or stopped by another pause: neither says anything about this one.
    const stopped = outcome.status === 'held' && outcome.failure.code === 'INTEGRATION_PAUSED';
    if (outcome.status !== 'superseded' && !stopped) break;
  }
  return outcomes;
};

/** A listing is one call. */
const listingMs = 60_000;

/** What may have been delivered must not be sent as a probe; to read its target is harmless. */
const canBeListed = async (
  { target }: LedgerRecord,
  deadline: Deadline,
  { kombo, clock }: ReadBackDeps,
): Promise<boolean> => {
  if (!target) return false;
  const own = deadlineWithin(clock, deadline, listingMs);
  const listing = await kombo.listAttachments(target, own.signal).finally(own.clear);
  return listing.ok;
};

/** Kombo looked at the file itself. A failure of the network or of S3 says nothing about the cause of the pause. */
const showsHealing = (outcome: Outcome, scope: string): boolean => {
  if (outcome.status === 'attached') return true;
  // An unchanged one is somebody else's, and its failure an old one.
  if (outcome.status === 'ignored' || outcome.status === 'unchanged' || !('failure' in outcome)) return false;
  const { judges } = failureOf(outcome.failure.code);
  // Kombo reports on an integration only after it has accepted the API key.
  return judges === 'file' || (scope === accountScope && judges === 'integration');
};

/** So much is left for the rest of the run. */
const reserveMs = 15_000;

export interface Released {
  readonly released: number;
  /** False when time ran out before all were let go: the next run goes on. */
  readonly finished: boolean;
}

/**
 * Lets go the files that ended pauses held; they are due at once. A function that has not heard of the end yet may
 * hold one more, so a pause stays `releasing` until every such function is done with what it began.
 */
export const releasePaused = async (deps: ReadBackDeps, deadline?: Deadline): Promise<Released> => {
  const { pauses, ledger, clock, settings } = deps;
  const releasing = (await pauses.list()).filter(({ state }) => state === 'releasing');
  const ended = new Set(releasing.map(({ scope }) => scope));
  if (ended.size === 0) return { released: 0, finished: true };
  let released = 0;
  for await (const known of ledger.work('held', pageSize)) {
    if (deadline && deadline.remainingMs() < reserveMs) return { released, finished: false };
    if (!known.readable || known.record.state.status !== 'held') continue;
    const { pausedBy } = known.record.state;
    if (pausedBy === undefined || !ended.has(pausedBy)) continue;
    const written = await ledger.apply(known.record, { kind: 'released', scope: pausedBy, dueAt: clock.now() });
    if (written !== 'lost') released += 1;
  }
  // An old view may let a delivery begin that holds its file as late as its lease allows.
  const quietAfterMs = settings.leaseMs + viewLifetimeMs;
  for (const pause of releasing) {
    if (pause.ended && clock.now() - pause.ended.at > quietAfterMs) await pauses.close(pause);
  }
  return { released, finished: true };
};
