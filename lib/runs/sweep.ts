import type { Courier } from '../courier.ts';
import { type Deadline, deadlineWithin } from '../deadline.ts';
import { literalPrefixes } from '../key-template/match-key.ts';
import { minTimeToStartMs, sweepCursorMs, sweepLeaseMs } from '../limits.ts';
import type { ListedPage } from '../upload/storage.ts';
import type { RunCourier, RunOptions } from './run-options.ts';
import type { SweepReport } from './run-report.ts';
import { addSweepCounts, noCounts, sweepPage } from './sweep-page.ts';
import {
  askAfter,
  finishPass,
  planSweep,
  type SweepPass,
  type SweepState,
  sinceOf,
  underSettings,
} from './sweep-state.ts';
import { damagedSweepAdvice, nextVersion, readSweep, sweepKey, writeSweep } from './sweep-store.ts';
import { unwatchedFolders } from './unwatched-folders.ts';

export type SweepCourier = RunCourier & Pick<Courier, 'table'>;

/**
 * Finds objects without a ledger record, because their event was lost or dropped, and writes them to the ledger. Sends
 * nothing. A pass lists every watched folder, over as many runs as needed. A run lists for at most a quarter of its
 * time, so that other work gets its turn with any bucket and any backlog.
 * A lease ensures that one run sweeps at a time; a second one would do no harm. The cursor moves only past processed
 * objects, so an interrupted pass skips nothing.
 * @param startNow starts a pass even if none is due
 * @throws only when the ledger could not be read, or the cursor not be written
 */
export const sweep = async (
  options: RunOptions,
  courier: SweepCourier,
  { startNow }: { readonly startNow: boolean },
): Promise<SweepReport> => {
  const { settings, clock, table, log, uuid } = courier;
  const stored = await readSweep(table);
  if (stored.state === 'damaged' && settings.sweepSince === undefined) {
    const message = 'The item of the sweep cannot be read, so no sweep can run.';
    log.error(message, { item: sweepKey, nextStep: damagedSweepAdvice });
    return { ...noCounts, pass: 'damaged' };
  }
  const known = stored.state === 'damaged' ? undefined : stored.state;
  const prefixes = literalPrefixes(settings.keyTemplates).sort();
  const state = underSettings(known, { prefixes, sweepSince: settings.sweepSince }, clock.now());
  const ended = (pass: SweepReport['pass']): SweepReport => ({ ...noCounts, pass, ...lastPassOf(state, clock.now()) });
  if (options.deadline.remainingMs() < minTimeToStartMs) return ended('no time');
  const plan = planSweep(state, { prefixes, everyMs: settings.sweepEveryMs, startNow }, clock.now());
  if (plan.kind === 'taken') return ended('taken');
  if (plan.kind === 'not due') {
    // A new folder must get today's date, not that of the next pass.
    if (JSON.stringify(state) !== JSON.stringify(known)) await writeSweep(state, stored.version, table);
    return ended('not due');
  }
  const cursor = cursorOf(
    { ...state, startedAt: plan.pass.startedAt, pass: plan.pass },
    stored.version,
    uuid(),
    courier,
  );
  if (!(await cursor.write(plan.pass))) return ended('taken');
  const share = deadlineWithin(clock, options.deadline, options.deadline.remainingMs() / 4);
  try {
    return await workOn(plan.pass, { cursor, share, prefixes, options }, courier);
  } finally {
    share.clear();
  }
};

/** The sweep's item, taken by this run. */
interface Cursor {
  readonly state: () => SweepState;
  readonly isOld: () => boolean;
  /** Writes the position of the pass and renews the lease. False when another run has taken the sweep. */
  write(pass: SweepPass): Promise<boolean>;
  /** Writes this run's last state and ends the lease, so that the next run need not wait for it. */
  release(state: SweepState): Promise<boolean>;
}

const cursorOf = (
  first: SweepState,
  seen: number | undefined,
  owner: string,
  { table, clock }: SweepCourier,
): Cursor => {
  let [state, version, writtenAt] = [first, seen, clock.now()];
  const put = async (next: SweepState): Promise<boolean> => {
    if (!(await writeSweep(next, version, table))) return false;
    [state, version, writtenAt] = [next, nextVersion(version), clock.now()];
    return true;
  };
  return {
    state: () => state,
    isOld: () => clock.now() - writtenAt >= sweepCursorMs,
    write: (pass) => put({ ...state, pass, lease: { owner, until: clock.now() + sweepLeaseMs } }),
    release: (next) => put({ ...next, lease: undefined }),
  };
};

interface Work {
  readonly cursor: Cursor;
  /** When this run's time for listing ends. */
  readonly share: Deadline;
  readonly prefixes: readonly string[];
  readonly options: RunOptions;
}

const workOn = async (first: SweepPass, work: Work, courier: SweepCourier): Promise<SweepReport> => {
  const { cursor, share, prefixes, options } = work;
  const { settings, clock, storage, log } = courier;
  let counts = noCounts;
  let pass = first;
  const report = (state: SweepReport['pass']): SweepReport => ({
    ...counts,
    pass: state,
    ...lastPassOf(cursor.state(), clock.now()),
  });
  const stop = async (): Promise<SweepReport> =>
    report((await cursor.release({ ...cursor.state(), pass })) ? 'in progress' : 'taken');

  while (share.remainingMs() > 0) {
    const { prefix, afterKey, token } = pass;
    const page = await storage.list(settings.bucket, { prefix, afterKey, token }, share.signal);
    if (!page.ok) {
      if (share.remainingMs() > 0)
        log.error('The bucket could not be listed; the next run continues.', { ...page.error });
      // S3 may have rejected an expired token. The last key works as well.
      pass = { ...pass, token: undefined };
      return stop();
    }
    // The lease must also last for this page.
    if (cursor.isOld() && !(await cursor.write(pass))) return report('taken');
    const { objects } = page.value;
    const startedAt = clock.now();
    const mayGoOn = (): boolean => share.remainingMs() > 0 && clock.now() - startedAt < sweepCursorMs;
    const state = cursor.state();
    const askAfterOf = (key: string): number =>
      askAfter(sinceOf(state.since, key) ?? 0, state, pass, settings.ledgerRetentionDays, startedAt);
    const { parallelism, deadline } = options;
    const part = await sweepPage({ objects, askAfterOf, mayGoOn, deadline, parallelism }, courier);
    counts = addSweepCounts(counts, part.counts);
    const { unaccounted, unmatched } = part.counts;
    pass = {
      ...pass,
      unaccounted: pass.unaccounted + unaccounted,
      unmatched: (pass.unmatched ?? 0) + unmatched,
    };
    const next = nextPlace(page.value, part.firstLeft?.key, pass, prefixes);
    if (next === 'the end') return (await finish(pass, work, courier)) ? report('finished') : report('taken');
    pass = next;
    if (cursor.isOld() && !(await cursor.write(pass))) return report('taken');
  }
  return stop();
};

/** Continues after the last processed key; after a page without objects, at its token; then in the next folder. */
const nextPlace = (
  { objects, next }: ListedPage,
  firstLeft: string | undefined,
  pass: SweepPass,
  prefixes: readonly string[],
): SweepPass | 'the end' => {
  if (firstLeft !== undefined) {
    const lastDone = objects[objects.findIndex(({ key }) => key === firstLeft) - 1]?.key;
    return { ...pass, ...(lastDone !== undefined && { afterKey: lastDone, token: undefined }) };
  }
  const last = objects.at(-1)?.key;
  if (next !== undefined && last === undefined) return { ...pass, token: next };
  if (next !== undefined) return { ...pass, afterKey: last, token: undefined };
  const following = prefixes[prefixes.indexOf(pass.prefix) + 1];
  return following === undefined ? 'the end' : { ...pass, prefix: following, afterKey: undefined, token: undefined };
};

const finish = async (
  pass: SweepPass,
  { cursor, share, prefixes }: Work,
  { settings, storage, clock, log }: SweepCourier,
): Promise<boolean> => {
  const folders = await unwatchedFolders(settings.bucket, prefixes, share.signal, storage);
  if (!folders.ok && share.remainingMs() > 0)
    log.warn('The root of the bucket could not be listed.', { ...folders.error });
  const state = cursor.state();
  return cursor.release(finishPass(state, pass, folders.ok ? folders.value : state.folders, clock.now()));
};

/** Before the first pass has finished, its age counts from its start, so that a pass that never ends is noticed. */
export const lastPassOf = (
  { finishedAt, startedAt, unaccounted = 0 }: SweepState,
  now: number,
): Pick<SweepReport, 'lastPass'> => {
  const since = finishedAt ?? startedAt;
  return since === undefined ? {} : { lastPass: { unaccounted, ageMs: Math.max(0, now - since) } };
};
