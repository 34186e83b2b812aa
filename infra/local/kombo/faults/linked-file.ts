import { type Habits, waitMs } from './ats-habits.ts';

/** Whether a listing at this time has a link to a file that was stored at that time. */
export const hasLink = (storedAtMs: number, habits: Habits, nowMs: number): boolean =>
  !habits.includes('no-link') && nowMs - storedAtMs >= waitMs(habits, 'link-later');

/** The end of a download, in the order in which several habits apply: the first decides. */
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

/** What a link does: one of these habits, or it serves the bytes. */
export const linkBehaviour = (habits: Habits): (typeof ways)[number] | 'serves' =>
  ways.find((way) => habits.includes(way)) ?? 'serves';

const convertedHeader = Buffer.from('Converted by the ATS\n');

/** The bytes that a tool with these habits serves for the bytes that it took; `converted` is the same for the same file. */
export const servedBytes = (taken: Uint8Array, habits: Habits): Buffer =>
  habits.includes('converted') ? Buffer.concat([convertedHeader, taken]) : Buffer.from(taken);
