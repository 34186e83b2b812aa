import type { Habit, Habits } from '../../../infra/local/kombo/faults/ats-habits.ts';
import { newLane } from '../../../lib/lane/lane.ts';
import { laneKey, toLaneItem } from '../../../lib/lane/lane-item.ts';
import type { Item } from '../../../lib/ledger/table.ts';
import type { Lesson, ToolGroup } from '../../../lib/read-back/learn-tool.ts';
import { type TargetKind, targetKinds } from '../../../lib/upload/target.ts';
import type { Random } from './random.ts';

/** The tool of one history: how it lists files, for which targets it changes the bytes, and whether it is already known. */
export interface SimulatedTool {
  readonly habits: Habits;
  readonly converts: 'nobody' | 'some' | 'everybody';
  /** Two earlier files have taught everything that can be learnt about it. */
  readonly learnt: boolean;
}

/** The people of every history, and their applications. */
export const people = { GRKcandidateOne: ['APPone', 'APPtwo'], GRKcandidateTwo: [] } as const;

/** The targets for which a tool that converts only for some does so. */
const convertedTargets: readonly string[] = ['GRKcandidateTwo', 'APPtwo'];

export const convertsAt = ({ converts }: SimulatedTool, targetId: string): boolean =>
  converts === 'everybody' || (converts === 'some' && convertedTargets.includes(targetId));

const harmless: readonly [Habit, ...Habit[]] = [
  'dated',
  'midnight',
  'zoneless',
  'clock-behind',
  'renamed',
  'transliterated',
  'mojibake',
  'prefixed',
  'cut',
  'numbered',
  'doubled-extension',
  'percent-encoded',
  'retyped',
  'whole-person',
  'link-later-600000ms',
  'link-later-7200000ms',
  'link-redirect',
];

/** Habits with which not every lost answer can be decided. */
const hindering: readonly [Habit, ...Habit[]] = [
  'never-lists',
  'never-lists',
  'never-lists',
  'next-cursor',
  'no-link',
  'link-403',
  'link-503',
  'link-login',
  'link-circle',
  'link-endless',
  'link-slow',
  'link-wrong-length',
  'link-compressed',
];

export const toolIn = (random: Random): SimulatedTool => {
  const habits = Array.from({ length: random.below(4) }, () => random.pick(harmless));
  if (random.chance(0.25)) habits.push(random.pick(hindering));
  return {
    habits: [...new Set(habits)],
    converts: random.pick(['nobody', 'nobody', 'nobody', 'some', 'everybody']),
    learnt: random.chance(0.5),
  };
};

/** Whether the tool keeps every byte, and Kombo lists and serves it within a day: then every lost answer can be decided. */
export const isDecidable = ({ habits, converts }: SimulatedTool): boolean =>
  converts === 'nobody' && !habits.some((habit) => hindering.includes(habit));

/** What samples of earlier days would have taught, which is always true. */
export const lessonsOf = (tool: SimulatedTool, integrationId: string, now: number): Item | undefined => {
  const { habits, converts } = tool;
  if (
    !tool.learnt ||
    converts === 'everybody' ||
    habits.some((habit) => habit !== 'next-cursor' && hindering.includes(habit))
  )
    return undefined;
  const group = (kind: TargetKind): ToolGroup => {
    // For a tool that converts for some targets, the samples had one for which it does not convert.
    const seen = kind === 'candidate' ? 'GRKcandidateOne' : 'APPone';
    const targets = converts === 'some' ? [seen] : [seen, 'earlierOne'];
    const lessons: readonly Lesson[] = targets.map((targetId) => ({
      targetId,
      sizeBytes: 10_000,
      at: now,
      lagMs: 900_000,
    }));
    return { kind, contentType: 'text/plain', samples: [], lessons, missed: 0, nextSampleAt: 0 };
  };
  return {
    ...toLaneItem({ ...newLane(integrationId), tool: targetKinds.map(group), version: 1 }),
    pk: laneKey(integrationId),
  };
};
