import { sizeText } from '../../../../lib/attachment/size-text.ts';
import type { PauseView, RowState, RowView } from '../server/view.ts';

/** The label, colour, filter group and progress of a state. */
interface Manner {
  readonly label: string;
  readonly tone: 'moving' | 'good' | 'waiting' | 'bad' | 'quiet';
  readonly group: Group;
  /** The number of the four stages passed: in the bucket, claimed, sent, attached. */
  readonly stops: 0 | 1 | 2 | 3 | 4;
}

export const groups = {
  all: 'All',
  moving: 'On the way',
  waiting: 'Waiting',
  attached: 'Attached',
  needs: 'Needs you',
} as const;
/** `over` has no filter: these files need no action. */
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

/** The time of day, with the date when it is not close to today. */
export const timeText = (atMs: number): string =>
  Math.abs(Date.now() - atMs) < dayMs / 2 ? clock.format(atMs) : dayAndClock.format(atMs);

export const progressText = ({ progress }: RowView): string =>
  progress ? `${sizeText(progress.doneBytes)} of ${sizeText(progress.totalBytes)}` : '';

const pausedName = (integration: string): string => (integration === 'account' ? 'everything' : integration);

export const pausedSince = ({ integration, sinceMs }: PauseView): string => {
  const what = integration === 'account' ? 'Everything' : `The integration ${integration}`;
  return sinceMs === undefined ? `${what} is paused` : `${what} has been paused since ${timeText(sinceMs)}`;
};

/** How a pause ends. */
export const endOfPause = ({ end }: PauseView): string => {
  if (!end) return 'Only Resume ends this pause.';
  const next = `at the next scheduled run after ${timeText(end.nextAtMs)}`;
  return end.by === 'reading'
    ? `It ends automatically: Kombo is asked again about the cause ${next}.`
    : `It ends automatically: one file is tried ${next}.`;
};

/** The second line of a row, which describes its state. */
export const sentenceOf = (row: RowView): string => {
  const { state, failure, attempt, dueAtMs, pausedBy, warnings } = row;
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
      if (pausedBy) return `Sent when ${pausedName(pausedBy.integration)} is no longer paused: ${pausedBy.code}`;
      // The pause has ended, but no new state has been written for the file.
      if (failure?.code === 'INTEGRATION_PAUSED') return 'The pause has ended; sent by the next scheduled run';
      return `Tried again after ${due}${because}`;
    case 'unknown':
      if (pausedBy) return `Looked for when ${pausedName(pausedBy.integration)} is no longer paused: ${pausedBy.code}`;
      return `Looked for in the ATS after ${due}${because}`;
    case 'held':
    case 'rejected':
    case 'superseded':
      return `${why}${failure?.meaning ?? ''}`;
  }
};
