import { dayMs, sweepDeepMs, sweepJitterMs, sweepLeaseMs, sweepMarginMs, sweepStartMarginMs } from '../limits.ts';

/*
 * The sweep's position and how it advances. Pure: no I/O, and `now` is passed in. Times are milliseconds since the
 * epoch.
 */

/** A pass in progress. It lists every watched folder once, over as many runs as needed. */
export interface SweepPass {
  readonly startedAt: number;
  /** The current folder, and the last key processed in it. */
  readonly prefix: string;
  readonly afterKey?: string | undefined;
  /** Only after a page without objects. A key is preferred, because it never expires, and a token may. */
  readonly token?: string | undefined;
  /** Looks up the objects of the last three days. */
  readonly deep: boolean;
  /** Objects that it could neither find in the ledger nor write to it. */
  readonly unaccounted: number;
  /** Objects whose key matches no template. */
  readonly unmatched?: number | undefined;
}

/** The content of the sweep's item. */
export interface SweepState {
  /** For each watched folder: only objects modified after this are considered. */
  readonly since: Readonly<Record<string, number>>;
  /** Everything modified before this has been looked up in the ledger; 0 means nothing yet. */
  readonly watermark: number;
  readonly pass?: SweepPass | undefined;
  /** Until then, other runs leave the pass alone. */
  readonly lease?: { readonly owner: string; readonly until: number } | undefined;
  /** Start of the last pass, and end of the last finished one. */
  readonly startedAt?: number | undefined;
  readonly finishedAt?: number | undefined;
  /** Start of the last finished pass that looked up the objects of three days. */
  readonly deepAt?: number | undefined;
  /** From the last finished pass. */
  readonly unaccounted?: number | undefined;
  readonly unmatched?: number | undefined;
  /** Top-level folders that no template watches, masked. */
  readonly folders?: readonly string[] | undefined;
}

interface WatchedFolders {
  readonly prefixes: readonly string[];
  /** SWEEP_SINCE. */
  readonly sweepSince: number | undefined;
}

/**
 * The state under the current settings. A new folder counts from now or from SWEEP_SINCE, so objects that are already
 * in the bucket at the first run are not sent. If SWEEP_SINCE is now an earlier date than before, objects between the
 * two dates were never looked up, so the next pass looks up all of them from the beginning.
 */
export const underSettings = (stored: SweepState | undefined, watched: WatchedFolders, now: number): SweepState => {
  const before = stored ?? { since: {}, watermark: 0 };
  const since = datesOf(before.since, watched, now);
  // A pass in progress may already be past a new folder, and its end moves the watermark.
  const askedUpTo = before.pass ? before.pass.startedAt - sweepMarginMs : before.watermark;
  const isEarlier = watched.prefixes.some(
    (prefix) => (since[prefix] ?? 0) < (sinceOf(before.since, prefix) ?? askedUpTo),
  );
  if (!isEarlier) return { ...before, since };
  return { ...before, since, watermark: 0, pass: undefined, startedAt: undefined };
};

/**
 * The table was restored to an earlier state, so the ledger may have lost every upload since. The next pass starts from
 * the beginning and also looks up the objects of three days, because a multipart upload is dated by its start.
 */
export const afterRestore = (
  stored: SweepState | undefined,
  prefixes: readonly string[],
  restoredTo: number,
): SweepState => {
  const before = stored ?? { since: {}, watermark: 0 };
  const known = Object.entries(before.since);
  const watched = prefixes.map((prefix): [string, number] => [prefix, sinceOf(before.since, prefix) ?? restoredTo]);
  const dates = [...known, ...watched].map(([prefix, date]): [string, number] => [prefix, Math.min(date, restoredTo)]);
  return {
    ...before,
    since: Object.fromEntries(dates),
    watermark: Math.min(before.watermark, restoredTo - sweepMarginMs),
    pass: undefined,
    lease: undefined,
    startedAt: undefined,
    deepAt: undefined,
  };
};

const datesOf = (
  before: SweepState['since'],
  { prefixes, sweepSince }: WatchedFolders,
  now: number,
): SweepState['since'] => {
  if (sweepSince !== undefined) return Object.fromEntries(prefixes.map((prefix) => [prefix, sweepSince]));
  // An old folder inside a new one keeps its date, so that a shortened template does not hide lost uploads.
  const kept = Object.entries(before).filter(([old]) => prefixes.some((prefix) => old.startsWith(prefix)));
  const watched = prefixes.map((prefix): [string, number] => {
    const date = sinceOf(before, prefix);
    // A date in the future came from a wrong clock, and would hide everything until then.
    return [prefix, date === undefined || date > now + sweepLeaseMs ? now - sweepStartMarginMs : date];
  });
  return Object.fromEntries([...kept, ...watched]);
};

/** The date from which objects under this key or prefix are considered. */
export const sinceOf = (since: SweepState['since'], key: string): number | undefined => {
  const dates = Object.entries(since).flatMap(([prefix, date]) => (key.startsWith(prefix) ? [date] : []));
  return dates.length === 0 ? undefined : Math.min(...dates);
};

export type SweepPlan =
  /** Another run's lease has not ended, or no pass is due. */
  { readonly kind: 'taken' } | { readonly kind: 'not due' } | { readonly kind: 'sweep'; readonly pass: SweepPass };

/** Decides whether this run sweeps, and from where. A pass in progress continues in every run. */
export const planSweep = (
  state: SweepState,
  { prefixes, everyMs, startNow }: { prefixes: readonly string[]; everyMs: number; startNow: boolean },
  now: number,
): SweepPlan => {
  const { lease, pass, startedAt, deepAt } = state;
  if (lease && lease.until > now && lease.until <= now + 2 * sweepLeaseMs) return { kind: 'taken' };
  if (pass) return { kind: 'sweep', pass: atWatchedFolder(pass, prefixes) };
  if (!startNow && !isOver(startedAt, everyMs - sweepJitterMs, now)) return { kind: 'not due' };
  const deep = isOver(deepAt, dayMs - sweepJitterMs, now);
  return { kind: 'sweep', pass: { startedAt: now, prefix: prefixes[0] ?? '', deep, unaccounted: 0 } };
};

/** A time in the future came from a wrong clock; waiting for it could take forever. */
const isOver = (at: number | undefined, spanMs: number, now: number): boolean =>
  at === undefined || now - at >= spanMs || at > now + sweepLeaseMs;

/** The templates may have changed during the pass. Folders are listed in alphabetical order. */
const atWatchedFolder = (pass: SweepPass, prefixes: readonly string[]): SweepPass => {
  if (prefixes.includes(pass.prefix)) return pass;
  const next = prefixes.find((prefix) => prefix > pass.prefix);
  // After the last folder: an empty page ends the pass.
  return next === undefined
    ? { ...pass, prefix: prefixes.at(-1) ?? '', afterKey: pass.prefix, token: undefined }
    : { ...pass, prefix: next, afterKey: undefined, token: undefined };
};

/**
 * Objects modified after this time are looked up. Objects older than the retention are excluded, because their records
 * have expired and old CVs would be sent again.
 */
export const askAfter = (
  since: number,
  { watermark }: Pick<SweepState, 'watermark'>,
  { startedAt, deep }: Pick<SweepPass, 'startedAt' | 'deep'>,
  retentionDays: number,
  now: number,
): number => {
  // A watermark from a clock that was ahead must not hide anything.
  const recent = Math.min(watermark, startedAt - sweepMarginMs);
  const oldest = deep ? Math.min(recent, startedAt - sweepDeepMs) : recent;
  return Math.max(since, oldest, now - Math.max(retentionDays - 1, retentionDays / 2) * dayMs);
};

/**
 * Objects that are not accounted for must be looked up again by the next pass, so the watermark does not move past
 * them.
 */
export const finishPass = (
  state: SweepState,
  pass: SweepPass,
  folders: readonly string[] | undefined,
  now: number,
): SweepState => {
  const isComplete = pass.unaccounted === 0;
  return {
    ...state,
    pass: undefined,
    lease: undefined,
    watermark: isComplete ? pass.startedAt - sweepMarginMs : state.watermark,
    finishedAt: now,
    deepAt: isComplete && pass.deep ? pass.startedAt : state.deepAt,
    unaccounted: pass.unaccounted,
    unmatched: pass.unmatched,
    folders,
  };
};
