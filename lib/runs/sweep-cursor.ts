import { dayMs, sweepMarginMs, sweepStartMarginMs } from '../limits.ts';

/*
 * Where the sweep of one prefix is and where it continues. Pure arithmetic: no I/O, and `now` is passed in. Times are
 * milliseconds since the epoch.
 */

export interface SweepCursor {
  /** Only objects modified after this are looked at. */
  readonly since: number;
  /** Everything modified before this was seen by a pass that has finished. */
  readonly watermark: number;
  /** The pass in progress; it continues after this key, in whichever run. */
  readonly pass?: { readonly startedAt: number; readonly afterKey: string };
  readonly version: number;
}

/** Damaged by hand or written by a newer version: it does not say from which date on objects should be looked at. */
export interface UnreadableCursor {
  readonly unreadable: true;
  readonly version: number;
}

/** A cursor without its version, which belongs to the write. */
export type SweepPosition = Omit<SweepCursor, 'version'>;

/**
 * Where the sweep continues. Undefined when the cursor cannot be read and SWEEP_SINCE is not set: starting with the oldest
 * object would send old CVs by surprise, starting from now would skip what was never reported in the meantime.
 */
export const startCursor = (
  stored: SweepCursor | UnreadableCursor | undefined,
  sweepSince: number | undefined,
  now: number,
): SweepCursor | undefined => {
  if (!stored) return { version: 0, since: sweepSince ?? now - sweepStartMarginMs, watermark: 0 };
  const { version } = stored;
  if ('unreadable' in stored)
    return sweepSince === undefined ? undefined : { version, since: sweepSince, watermark: 0 };
  const since = sweepSince ?? stored.since;
  // The date was moved back: no pass, finished or in progress, has asked about the objects between the two dates.
  if (since < stored.since) return { version, since, watermark: 0 };
  return { ...stored, since };
};

/** Beyond its retention the ledger has forgotten what it sent: asking about such objects would send old CVs again. */
export const oldestToAsk = ({ since, watermark }: SweepPosition, retentionDays: number, now: number): number =>
  Math.max(since, watermark, now - Math.max(retentionDays - 1, retentionDays / 2) * dayMs);

/** The pass has dealt with everything up to this key. */
export const continueAfter = (
  { since, watermark }: SweepPosition,
  startedAt: number,
  afterKey: string,
): SweepPosition => ({
  since,
  watermark,
  pass: { startedAt, afterKey },
});

export const finishPass = ({ since, watermark }: SweepPosition, startedAt: number): SweepPosition => ({
  since,
  watermark: Math.max(watermark, startedAt - sweepMarginMs),
});
