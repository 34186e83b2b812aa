import {
  dayMs,
  hourMs,
  lessonLifetimeMs,
  lessonRefreshMs,
  maxLessonsKept,
  maxToolGroups,
  maxWaitingSamples,
  promptLagMs,
} from '../limits.ts';
import type { TargetKind } from '../upload/target.ts';

/**
 * What is known about the tool behind an integration. It is learnt only from uploads that Kombo itself answered with
 * success: their targets are listed later, and the listed bytes compared.
 */
export type Tool = readonly ToolGroup[];

/** Tools treat kinds of target and types of file differently, so each pair is learnt separately. */
export interface ToolGroup {
  readonly kind: TargetKind;
  readonly contentType: string;
  /** Uploads whose target will be listed. */
  readonly samples: readonly Sample[];
  /** Samples that were found by their bytes. */
  readonly lessons: readonly Lesson[];
  /** Consecutive samples that were not found. A tool that converts files is sampled less and less often. */
  readonly missed: number;
  readonly nextSampleAt: number;
}

/** Times are milliseconds since the epoch. */
export interface Sample {
  /** The upload's id in the ledger. */
  readonly id: string;
  readonly targetId: string;
  readonly sizeBytes: number;
  readonly notedAt: number;
  readonly dueAt: number;
  /** Looks that failed for a temporary reason. */
  readonly tries: number;
}

export interface Lesson {
  readonly targetId: string;
  readonly sizeBytes: number;
  readonly at: number;
  /** Time from the upload to the listing that showed it. The tool may take this long to list a file. */
  readonly lagMs: number;
}

export interface ToolKnowledge {
  /** It lists every file that it accepted, so a file that it does not list is not there. */
  readonly lists: boolean;
  /** It stores files of this type unchanged up to this length in bytes; 0 when that is not known. */
  readonly keepsBytes: number;
}

/** What identifies a group. */
export type ToolTopic = Pick<ToolGroup, 'kind' | 'contentType'>;

export const knowledgeOf = (tool: Tool, topic: ToolTopic, now: number): ToolKnowledge =>
  taughtBy(lessonsSince(groupOf(tool, topic), now - lessonLifetimeMs));

/** The shortest time after an upload in which the tool was seen to list the file; infinite when it was never seen. */
export const listsWithinMs = (tool: Tool, topic: ToolTopic, now: number): number =>
  Math.min(
    Number.POSITIVE_INFINITY,
    ...lessonsSince(groupOf(tool, topic), now - lessonLifetimeMs).map(({ lagMs }) => lagMs),
  );

/**
 * Whether the tool has listed a file of such a target, of any type. If so, a refused listing is a temporary fault, not a
 * missing feature.
 */
export const hasListed = (tool: Tool, kind: TargetKind, now: number): boolean =>
  tool.some((group) => group.kind === kind && lessonsSince(group, now - lessonLifetimeMs).length > 0);

/**
 * One found file shows that the tool lists files. Two at different targets show that it stores files unchanged, up to
 * the longer one's length.
 */
const taughtBy = (lessons: readonly Lesson[]): ToolKnowledge => ({
  lists: lessons.length > 0,
  keepsBytes:
    new Set(lessons.map(({ targetId }) => targetId)).size > 1
      ? Math.max(...lessons.map(({ sizeBytes }) => sizeBytes))
      : 0,
});

/** Whether a new upload would teach anything. */
export const wantsSample = (
  tool: Tool,
  topic: ToolTopic,
  { targetId, sizeBytes }: Pick<Sample, 'targetId' | 'sizeBytes'>,
  now: number,
): boolean => {
  const group = groupOf(tool, topic);
  if (group === undefined) return tool.length < maxToolGroups;
  const { samples, nextSampleAt } = group;
  const isWaitedFor = samples.length >= maxWaitingSamples || samples.some((sample) => sample.targetId === targetId);
  if (isWaitedFor || nextSampleAt > now) return false;
  const lessons = lessonsSince(group, now - lessonRefreshMs).filter(({ lagMs }) => lagMs <= promptLagMs);
  const isKnown = lessons.some((lesson) => lesson.targetId === targetId && lesson.sizeBytes >= sizeBytes);
  return !isKnown && taughtBy(lessons).keepsBytes < sizeBytes;
};

export const withSample = (tool: Tool, topic: ToolTopic, sample: Sample): Tool =>
  changeGroup(tool, topic, (group) => ({ ...group, samples: [...group.samples, sample] }));

/** Erases the traces of an upload: a sample contains its key, and a lesson the id of its person. */
export const withoutTraces = (tool: Tool, erased: Pick<Sample, 'id' | 'targetId'>): Tool => {
  const cleaned = tool.map((group) => ({
    ...group,
    samples: group.samples.filter(({ id }) => id !== erased.id),
    lessons: group.lessons.filter(({ targetId }) => targetId !== erased.targetId),
  }));
  const count = (of: Tool): number => of.flatMap(({ samples, lessons }) => [...samples, ...lessons]).length;
  return count(cleaned) === count(tool) ? tool : cleaned;
};

/**
 * `unreadable`: a later check may succeed. `dropped`: according to its record, this upload can no longer teach
 * anything.
 */
export type SampleResult = 'found' | 'not-found' | 'unreadable' | 'dropped';

export const afterSample = (tool: Tool, topic: ToolTopic, { id }: Sample, result: SampleResult, now: number): Tool =>
  changeGroup(tool, topic, (group) => {
    const sample = group.samples.find((waiting) => waiting.id === id);
    if (!sample) return group;
    const rest = { ...group, samples: group.samples.filter((waiting) => waiting !== sample) };
    // After a day without a successful check the sample counts as not found, so that it does not occupy its place
    // forever.
    switch (result === 'unreadable' && now - sample.notedAt >= dayMs ? 'not-found' : result) {
      case 'dropped':
        return rest;
      case 'unreadable':
        return { ...rest, samples: [...rest.samples, laterBy(sample, now)] };
      case 'not-found':
        return withMiss(rest, now);
      case 'found':
        return withLesson(rest, {
          targetId: sample.targetId,
          sizeBytes: sample.sizeBytes,
          at: now,
          lagMs: now - sample.notedAt,
        });
    }
  });

const withMiss = (group: ToolGroup, now: number): ToolGroup => ({
  ...group,
  missed: group.missed + 1,
  nextSampleAt: now + Math.min(dayMs, hourMs * 2 ** Math.min(group.missed, 10)),
});

const withLesson = (group: ToolGroup, lesson: Lesson): ToolGroup => {
  const lessons = [...group.lessons, lesson];
  const kept = lessons.filter((older, place) => showsMore(older, lessons.slice(place + 1)));
  return { ...group, lessons: kept.slice(-maxLessonsKept), missed: 0, nextSampleAt: 0 };
};

/** Whether an older lesson adds something to newer ones, which are valid longer: a second target, or a longer file. */
const showsMore = ({ targetId, sizeBytes }: Lesson, newer: readonly Lesson[]): boolean => {
  const targets = new Set(newer.map((lesson) => lesson.targetId));
  return (targets.size < 2 && !targets.has(targetId)) || newer.every((lesson) => lesson.sizeBytes < sizeBytes);
};

const laterBy = (sample: Sample, now: number): Sample => ({
  ...sample,
  tries: sample.tries + 1,
  dueAt: now + Math.min(hourMs, (hourMs / 16) * 2 ** Math.min(sample.tries, 4)),
});

/** When the next comparison is due; undefined when there is none. */
export const nextComparisonAt = (tool: Tool): number | undefined => {
  const dues = tool.flatMap(({ samples }) => samples.map(({ dueAt }) => dueAt));
  return dues.length === 0 ? undefined : Math.min(...dues);
};

const groupOf = (tool: Tool, topic: ToolTopic): ToolGroup | undefined => tool.find((group) => isAbout(group, topic));

const isAbout = (group: ToolGroup, { kind, contentType }: ToolTopic): boolean =>
  group.kind === kind && group.contentType === contentType;

const lessonsSince = (group: ToolGroup | undefined, since: number): readonly Lesson[] =>
  (group?.lessons ?? []).filter(({ at }) => at > since);

const changeGroup = (tool: Tool, topic: ToolTopic, change: (group: ToolGroup) => ToolGroup): Tool => {
  const { kind, contentType } = topic;
  const group = groupOf(tool, topic) ?? { kind, contentType, samples: [], lessons: [], missed: 0, nextSampleAt: 0 };
  const changed = change(group);
  return changed === group ? tool : [...tool.filter((other) => !isAbout(other, topic)), changed];
};
