import type { Deadline } from './deadline.ts';
import { deliver } from './deliver.ts';
import type { KomboFailureCode } from './kombo/failures.ts';
import type { LedgerRecord } from './ledger/record.ts';
import type { Outcome } from './outcome.ts';
import type { Pause } from './pause.ts';
import type { ReadBackDeps } from './read-back.ts';

/** Held work is read in pages of this many. */
const pageSize = 100;

/**
 * Tries one file of each open pause whose cause may have ended by itself, once per 15 minutes and scope. When Kombo
 * judges the file for itself again, whatever the judgement, the pause ends.
 */
export const probePauses = async (
  { deadline, worstCaseMs }: { readonly deadline: Deadline; readonly worstCaseMs: number },
  deps: ReadBackDeps,
): Promise<readonly Outcome[]> => {
  const { pauses, ledger, clock } = deps;
  const outcomes: Outcome[] = [];
  for (const pause of await pauses.list()) {
    const due = pause.state === 'open' && pause.probeAt !== undefined && pause.probeAt <= clock.now();
    if (!due || deadline.remainingMs() <= worstCaseMs) continue;
    const sample = await firstHeldBy(pause.scope, deps);
    if (!sample || !(await pauses.takeProbe(pause))) continue;
    const released = await ledger.apply(sample, { kind: 'released', scope: pause.scope, dueAt: clock.now() });
    if (released === 'lost') continue;
    const outcome = await deliver(sample.upload, { deadline, probe: pause.scope, seen: released.record }, deps);
    outcomes.push(outcome);
    if (showsHealing(outcome)) {
      await pauses.end(pause.scope, { by: 'probe', reason: `A file got through to Kombo and ended as ${outcome.status}.` });
    }
  }
  return outcomes;
};

/** Kombo looked at the file itself. A failure of the network or of S3 says nothing about the cause of the pause. */
const showsHealing = (outcome: Outcome): boolean => {
  if (outcome.status === 'attached') return true;
  if (outcome.status === 'ignored' || !('failure' in outcome) || !outcome.failure) return false;
  const { code } = outcome.failure;
  return outcome.status !== 'held' && judgements.has(code);
};

const judgements: ReadonlySet<string> = new Set<KomboFailureCode>([
  'PLATFORM.INPUT_INVALID',
  'REMOTE.INPUT_INVALID',
  'REMOTE.RATE_LIMIT_EXCEEDED',
  'REMOTE.SERVICE_UNAVAILABLE',
  'REMOTE.UNKNOWN_HTTP_ERROR',
]);

const firstHeldBy = async (scope: string, { ledger }: ReadBackDeps): Promise<LedgerRecord | undefined> => {
  for await (const known of ledger.work('held', pageSize)) {
    if (known.readable && known.record.state.status === 'held' && known.record.state.pausedBy === scope) {
      return known.record;
    }
  }
  return undefined;
};

/**
 * Lets go the files that ended pauses held; they are due at once. A function that has not heard of the end yet may
 * hold one more, so a pause stays `releasing` until every such function is done with what it began.
 */
export const releasePaused = async (deps: ReadBackDeps): Promise<number> => {
  const { pauses, ledger, clock, settings } = deps;
  const ended = new Map((await pauses.list()).filter(({ state }) => state === 'releasing').map((pause) => [pause.scope, pause]));
  if (ended.size === 0) return 0;
  let released = 0;
  for await (const known of ledger.work('held', pageSize)) {
    if (!known.readable || known.record.state.status !== 'held') continue;
    const { pausedBy } = known.record.state;
    if (pausedBy === undefined || !ended.has(pausedBy)) continue;
    const written = await ledger.apply(known.record, { kind: 'released', scope: pausedBy, dueAt: clock.now() });
    if (written !== 'lost') released += 1;
  }
  for (const pause of ended.values()) await closeWhenQuiet(pause, clock.now(), settings.leaseMs, deps);
  return released;
};

const closeWhenQuiet = async (pause: Pause, now: number, leaseMs: number, { pauses }: ReadBackDeps): Promise<void> => {
  if (pause.ended && now - pause.ended.at > leaseMs) await pauses.close(pause);
};
