import { type Habits, waitMs } from './ats-habits.ts';

/** Whether a listing at `nowMs` contains a link to a file stored at `storedAtMs`. */
export const hasLink = (storedAtMs: number, habits: Habits, nowMs: number): boolean =>
  !habits.includes('no-link') && nowMs - storedAtMs >= waitMs(habits, 'link-later');

/** The habits that decide how a download ends; of several, the first in this order applies. */
const ways = [
  'link-redirect',
  'link-403',
  'link-503',
  'link-login',
  'link-circle',
  'link-endless',
  'link-slow',
  'link-wrong-length',
  'link-compressed',
] as const;

/** What a link does: one of these habits, or it serves the file. */
export const linkBehaviour = (habits: Habits): (typeof ways)[number] | 'serves' =>
  ways.find((way) => habits.includes(way)) ?? 'serves';

const convertedHeader = Buffer.from('Converted by the ATS\n');

/**
 * The bytes that an ATS with these habits serves for a file; `converted` always gives the same result for the same
 * file.
 */
export const servedBytes = (taken: Uint8Array, habits: Habits): Buffer =>
  habits.includes('converted') ? Buffer.concat([convertedHeader, taken]) : Buffer.from(taken);
