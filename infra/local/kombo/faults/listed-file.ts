import { type Habits, waitMs } from './ats-habits.ts';
import { listedName } from './listed-name.ts';

/** A file that the ATS has received. */
export interface TakenFile {
  readonly name: string;
  readonly type: 'CV' | 'COVER_LETTER' | 'OTHER';
  readonly contentType: string;
  readonly storedAtMs: number;
  /** 1 for the first file of this name at its target, 2 for the second. */
  readonly copy: number;
}

/** The fields of an entry that a habit can change. */
export interface ListedFields {
  readonly file_name: string;
  readonly type: TakenFile['type'];
  readonly content_type: string;
  readonly remote_created_at: string | null;
}

const hourMs = 60 * 60 * 1000;
/** How far the clock of an ATS with `clock-behind` is behind, and how far the zone of `zoneless` is ahead. */
export const clockBehindMs = 20 * hourMs;
export const zoneAheadMs = 2 * hourMs;

/**
 * How an ATS with these habits lists the file at this time; undefined while it does not list it. A pure function
 * without the server, so that the simulation uses the same rules.
 */
export const listedFile = (file: TakenFile, habits: Habits, nowMs: number): ListedFields | undefined => {
  if (habits.includes('never-lists') || nowMs - file.storedAtMs < waitMs(habits, 'late')) return undefined;
  return {
    file_name: listedName(file, habits),
    type: habits.includes('retyped') ? 'OTHER' : file.type,
    content_type: file.contentType,
    remote_created_at: listedDate(file.storedAtMs, habits),
  };
};

const listedDate = (storedAtMs: number, habits: Habits): string | null => {
  const [midnight, zoneless, behind] = (['midnight', 'zoneless', 'clock-behind'] as const).map((habit) =>
    habits.includes(habit),
  );
  if (!midnight && !zoneless && !behind && !habits.includes('dated')) return null;
  const atMs = storedAtMs - (behind ? clockBehindMs : 0) + (zoneless ? zoneAheadMs : 0);
  const [day, time] = new Date(atMs).toISOString().split('T');
  const text = `${day}T${midnight ? '00:00:00.000Z' : time}`;
  return zoneless ? text.slice(0, '2026-01-05T09:00:00'.length) : text;
};
