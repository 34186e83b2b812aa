import type { Habits } from '../../infra/local/kombo/faults/ats-habits.ts';
import type { TargetKind } from '../../lib/upload/target.ts';

/** One way in which tools change names and dates or serve links, without changing the bytes. */
export interface WayOfTool {
  readonly way: string;
  readonly habits: Habits;
  readonly kind: TargetKind;
  /** Requests for one file: a redirect is one more. */
  readonly requestsPerFile: number;
}

const way = (name: string, habits: Habits, kind: TargetKind = 'candidate'): WayOfTool => ({
  way: name,
  habits,
  kind,
  requestsPerFile: habits.includes('link-redirect') ? 2 : 1,
});

export const waysOfTools: readonly WayOfTool[] = [
  way('undated', []),
  way('dated', ['dated']),
  way('midnight', ['midnight']),
  way('zoneless', ['zoneless']),
  way('clock-behind', ['clock-behind']),
  way('renamed', ['renamed']),
  way('numbered', ['numbered']),
  way('cut', ['cut']),
  way('doubled-extension', ['doubled-extension']),
  way('transliterated', ['transliterated']),
  way('mojibake', ['mojibake']),
  way('prefixed', ['prefixed']),
  way('percent-encoded', ['percent-encoded']),
  way('retyped', ['retyped']),
  way('whole-person', ['whole-person']),
  way('whole-person-application', ['whole-person'], 'application'),
  way('link-later', ['link-later-150ms']),
  way('link-redirect', ['link-redirect']),
  way('several', [
    'midnight',
    'transliterated',
    'prefixed',
    'cut',
    'numbered',
    'doubled-extension',
    'percent-encoded',
    'retyped',
    'whole-person',
    'link-later-150ms',
    'link-redirect',
  ]),
];
