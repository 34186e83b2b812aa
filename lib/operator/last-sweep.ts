import { hourMs, minuteMs, sweepStoppedMs } from '../limits.ts';
import { lastPassOf } from '../runs/sweep.ts';
import type { SweepState } from '../runs/sweep-state.ts';
import { count } from './count.ts';

/** The last finished pass of the sweep, or the first one while none has finished, in words for an operator. */
export interface LastSweep {
  readonly sentence: string;
  /** Time since its end, or since its start while none has finished. Absent before the first pass. */
  readonly age?: string;
  /** What to do when the sweep no longer finishes. */
  readonly todo?: string;
}

export const lastSweepOf = (state: SweepState | undefined, now: number): LastSweep => {
  const { lastPass } = state ? lastPassOf(state, now) : {};
  if (!state || !lastPass)
    return { sentence: 'No pass of the sweep has started so far; the first scheduled run starts one.' };
  const { startedAt, finishedAt, pass } = state;
  const age = inWords(lastPass.ageMs);
  const current = pass ? ` Another has been in progress since ${iso(pass.startedAt)}.` : '';
  const sentence =
    finishedAt === undefined
      ? `No pass has finished so far; the first one started at ${iso(startedAt)}, ${age} ago.`
      : `The last pass ended at ${iso(finishedAt)}, ${age} ago.${current}`;
  return { sentence, age, ...(lastPass.ageMs > sweepStoppedMs && { todo: stopped }) };
};

const stopped =
  'Uploads whose event was lost are not found. Read the log of on-schedule for "could not be listed": the bucket may deny s3:ListBucket, the rule of on-schedule may be off, or the bucket has become too large for one pass per day.';

const iso = (at: number | undefined): string => (at === undefined ? 'an unknown time' : new Date(at).toISOString());

const inWords = (ms: number): string => {
  if (ms < minuteMs) return 'less than a minute';
  return ms < 2 * hourMs ? count(Math.floor(ms / minuteMs), 'minute') : count(Math.floor(ms / hourMs), 'hour');
};
