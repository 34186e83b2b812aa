import { dayMs, sweepDeepMs, sweepJitterMs, sweepLeaseMs, sweepMarginMs, sweepStartMarginMs } from '../limits.ts';

/*
 * Where the sweep is and where it continues. Pure arithmetic: no I/O, and `now` is passed in. Times are milliseconds since
 * the epoch.
 */

/** A pass in progress: it lists every watched folder once, over as many runs as that takes. */
export interface SweepPass {
  readonly startedAt: number;
  /** The folder that it is in, and the last key that it has dealt with there. */
  readonly prefix: string;
  readonly afterKey?: string | undefined;
  /** Only after a page without objects: a key never expires, a token may. */
  readonly token?: string | undefined;
  /** It asks about the objects of three days. */
  readonly deep: boolean;
  /** Objects asked about that it could neither find nor write in the ledger. */
  readonly unaccounted: number;
  /** Objects whose key fits no template. */
  readonly unmatched?: number | undefined;
}

/** The one item of the sweep. */
export interface SweepState {
  /** For each watched folder: only objects modified after this are looked at. */
  readonly since: Readonly<Record<string, number>>;
  /** The ledger was asked about everything modified before this. 0: about nothing so far. */
  readonly watermark: number;
  readonly pass?: SweepPass | undefined;
  /** Another run leaves the pass alone until then. */
  readonly lease?: { readonly owner: string; readonly until: number } | undefined;
  /** Start of the last pass, and end of the last one that has finished. */
  readonly startedAt?: number | undefined;
  readonly finishedAt?: number | undefined;
  /** Start of the last finished pass that asked about the objects of three days. */
  readonly deepAt?: number | undefined;
  /** Of the last finished pass. */
  readonly unaccounted?: number | undefined;
  readonly unmatched?: number | undefined;
  /** Folders at the root that no template watches, masked. */
  readonly folders?: readonly string[] | undefined;
}

interface WatchedFolders {
  readonly prefixes: readonly string[];
  /** SWEEP_SINCE. */
  readonly sweepSince: number | undefined;
}

/**
 * The state under the settings of today. A folder that is new counts from now on, or from SWEEP_SINCE on: a bucket that is
 * full at the first run is left alone. Where SWEEP_SINCE names an earlier date than before, no pass has asked about the
 * objects between the two, so the next one asks about all of them, from its beginning.
 */
export const underSettings = (stored: SweepState | undefined, watched: WatchedFolders, now: number): SweepState => {
  const before = stored ?? { since: {}, watermark: 0 };
  const since = datesOf(before.since, watched, now);
  // A pass in progress may be past a folder that is new, and its end moves the watermark.
  const askedUpTo = before.pass ? before.pass.startedAt - sweepMarginMs : before.watermark;
  const isEarlier = watched.prefixes.some(
    (prefix) => (since[prefix] ?? 0) < (sinceOf(before.since, prefix) ?? askedUpTo),
  );
  if (!isEarlier) return { ...before, since };
  return { ...before, since, watermark: 0, pass: undefined, startedAt: undefined };
};

/**
 * The table was restored to an earlier state: the ledger may have lost every upload since. The next pass starts from its
 * beginning, and asks about the objects of three days as well, because a multipart upload is dated by its start.
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
  // Within a folder that is new, an older one keeps its date: a template that became shorter must not hide lost uploads.
  const kept = Object.entries(before).filter(([old]) => prefixes.some((prefix) => old.startsWith(prefix)));
  const watched = prefixes.map((prefix): [string, number] => {
    const date = sinceOf(before, prefix);
    // A date ahead of time is from a clock that was wrong, and would hide everything until then.
    return [prefix, date === undefined || date > now + sweepLeaseMs ? now - sweepStartMarginMs : date];
  });
  return Object.fromEntries([...kept, ...watched]);
};

/** The date from which objects under this key or prefix are looked at. */
export const sinceOf = (since: SweepState['since'], key: string): number | undefined => {
  const dates = Object.entries(since).flatMap(([prefix, date]) => (key.startsWith(prefix) ? [date] : []));
  return dates.length === 0 ? undefined : Math.min(...dates);
};

export type SweepPlan =
  /** The lease of another run has not ended, or no pass is due. */
  | { readonly kind: 'taken' }
  | { readonly kind: 'not due' }
  | { readonly kind: 'sweep'; readonly pass: SweepPass; readonly startedAt: number };

/** Whether this run sweeps, and from where. A pass in progress continues in every run. */
export const planSweep = (
  state: SweepState,
  { prefixes, everyMs, startNow }: { prefixes: readonly string[]; everyMs: number; startNow: boolean },
  now: number,
): SweepPlan => {
  const { lease, pass, startedAt, deepAt } = state;
  if (lease && lease.until > now && lease.until <= now + 2 * sweepLeaseMs) return { kind: 'taken' };
  if (pass) return { kind: 'sweep', pass: atWatchedFolder(pass, prefixes), startedAt: startedAt ?? pass.startedAt };
  if (!startNow && !isOver(startedAt, everyMs - sweepJitterMs, now)) return { kind: 'not due' };
  const deep = isOver(deepAt, dayMs - sweepJitterMs, now);
  return { kind: 'sweep', startedAt: now, pass: { startedAt: now, prefix: prefixes[0] ?? '', deep, unaccounted: 0 } };
};

/** A time ahead of now is from a clock that was wrong; waiting for it to pass could take for ever. */
const isOver = (at: number | undefined, spanMs: number, now: number): boolean =>
  at === undefined || now - at >= spanMs || at > now + sweepLeaseMs;

/** The templates may have changed since the pass was here; folders are listed in the order of their names. */
const atWatchedFolder = (pass: SweepPass, prefixes: readonly string[]): SweepPass => {
  if (prefixes.includes(pass.prefix)) return pass;
  const next = prefixes.find((prefix) => prefix > pass.prefix);
  // Behind the last one: an empty answer ends the pass.
  return next === undefined
    ? { ...pass, prefix: prefixes.at(-1) ?? '', afterKey: pass.prefix, token: undefined }
    : { ...pass, prefix: next, afterKey: undefined, token: undefined };
};

/**
 * The ledger is asked about objects that are modified after this. Beyond its retention the ledger has forgotten what it sent:
 * asking about such objects would send old CVs again.
 */
export const askAfter = (
  since: number,
  { watermark }: Pick<SweepState, 'watermark'>,
  { startedAt, deep }: Pick<SweepPass, 'startedAt' | 'deep'>,
  retentionDays: number,
  now: number,
): number => {
  // The watermark of a clock that was ahead must not hide anything.
  const recent = Math.min(watermark, startedAt - sweepMarginMs);
  const oldest = deep ? Math.min(recent, startedAt - sweepDeepMs) : recent;
  return Math.max(since, oldest, now - Math.max(retentionDays - 1, retentionDays / 2) * dayMs);
};

/** What is not accounted for is asked about again by the next pass, so the watermark stays before it. */
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
