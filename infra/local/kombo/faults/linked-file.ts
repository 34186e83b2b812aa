import { type Habits, waitMs } from './ats-habits.ts';

/** Whether a listing at this time has a link to a file that was stored at that time. */
export const hasLink = (storedAtMs: number, habits: Habits, nowMs: number): boolean =>
  !habits.includes('no-link') && nowMs - storedAtMs >= waitMs(habits, 'link-later');
