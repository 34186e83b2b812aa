import { sizeText } from '../../size-text.ts';
import type { RowState, RowView } from '../server/view.ts';

/** What a state is called, which colour it has, and under which filter it is found. */
interface Manner {
  readonly label: string;
  readonly tone: 'moving' | 'good' | 'waiting' | 'bad' | 'quiet';
  readonly group: Group;
  /** How many of the four stops are passed: in the bucket, claimed, sent, attached. */
  readonly stops: 0 | 1 | 2 | 3 | 4;
}

export const groups = {
  all: 'All',
  moving: 'On the way',
  waiting: 'Waiting',
  attached: 'Attached',
  needs: 'Needs you',
} as const;
/** `over` has no filter of its own: these files need no action. */
export type Group = Exclude<keyof typeof groups, 'all'> | 'over';

export const manners: Readonly<Record<RowState, Manner>> = {
  uploading: { label: 'Uploading', tone: 'moving', group: 'moving', stops: 0 },
  'not-uploaded': { label: 'Not uploaded', tone: 'bad', group: 'needs', stops: 0 },
  uploaded: { label: 'Uploaded', tone: 'moving', group: 'moving', stops: 1 },
  failed: { label: 'Function failed', tone: 'bad', group: 'needs', stops: 1 },
  claimed: { label: 'Claimed', tone: 'moving', group: 'moving', stops: 2 },
  sending: { label: 'Sending', tone: 'moving', group: 'moving', stops: 2 },
  attached: { label: 'Attached', tone: 'good', group: 'attached', stops: 4 },
  waiting: { label: 'Waiting', tone: 'waiting', group: 'waiting', stops: 2 },
  unknown: { label: 'Unknown, checking', tone: 'waiting', group: 'waiting', stops: 3 },
  held: { label: 'Held', tone: 'bad', group: 'needs', stops: 2 },
  rejected: { label: 'Rejected', tone: 'bad', group: 'needs', stops: 1 },
  superseded: { label: 'Superseded', tone: 'quiet', group: 'over', stops: 1 },
};

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const dayAndClock = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const dayMs = 24 * 60 * 60 * 1000;

/** The time of day; for another day, the day as well. */
export const timeText = (atMs: number): string =>
  Math.abs(Date.now() - atMs) < dayMs / 2 ? clock.format(atMs) : dayAndClock.format(atMs);

export const progressText = ({ progress }: RowView): string =>
  progress ? `${sizeText(progress.doneBytes)} of ${sizeText(progress.totalBytes)}` : '';

/** The second line of a row: its state in one sentence. */
export const sentenceOf = (row: RowView): string => {
  const { state, failure, attempt, dueAtMs, warnings } = row;
  const because = failure ? `: ${failure.code}` : '';
  const why = failure ? `${failure.code}. ` : '';
  const due = dueAtMs === undefined ? '' : timeText(dueAtMs);
  switch (state) {
    case 'uploading':
      return `${progressText(row)} in the bucket`;
    case 'not-uploaded':
    case 'failed':
      return failure?.meaning ?? '';
    case 'uploaded':
      return 'In the bucket; the function has its event';
    case 'claimed':
      return `The function has it${attempt > 1 ? `, attempt ${attempt}` : ''}`;
    case 'sending':
      return row.progress && row.progress.doneBytes >= row.progress.totalBytes
        ? `Kombo has all ${sizeText(row.progress.totalBytes)} and is working`
        : `${progressText(row)} at Kombo${attempt > 1 ? `, attempt ${attempt}` : ''}`;
    case 'attached': {
      const many =
        warnings.length === 0 ? '' : warnings.length === 1 ? ', with a warning' : `, with ${warnings.length} warnings`;
      return `At ${timeText(row.changedAtMs)}${attempt > 1 ? `, attempt ${attempt}` : ''}${many}`;
    }
    case 'waiting':
      return `Tried again after ${due}${because}`;
    case 'unknown':
      return `Kombo is asked after ${due}${because}`;
    case 'held':
    case 'rejected':
    case 'superseded':
      return `${why}${failure?.meaning ?? ''}`;
  }
};
