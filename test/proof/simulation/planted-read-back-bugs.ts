import type { Courier } from '../../../lib/courier.ts';
import type { ListedFile } from '../../../lib/kombo/attachment-list.ts';
import type { LedgerEvent } from '../../../lib/ledger/ledger-event.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import type { Tool, ToolGroup } from '../../../lib/read-back/learn-tool.ts';
import { ok } from '../../../lib/result.ts';
import { type TargetKind, targetKey, targetKinds } from '../../../lib/upload/target.ts';
import type { Plant } from './history.ts';

/** Typical bugs of systems that look at a target to find the outcome of an attempt with a lost answer. */
export const plantedReadBackBugs: Readonly<Record<string, Plant>> = {
  'a file with our name is mistaken for ours': (courier) =>
    withFinding(courier, ({ name }, { sent }) => name !== undefined && name === sent?.name),

  'a file dated after our attempt is mistaken for ours': (courier) =>
    withFinding(courier, ({ createdAt = 0 }, { firstUnknownAttemptAt = 0 }) => createdAt >= firstUnknownAttemptAt),

  'a file as long as ours is mistaken for ours': (courier) => {
    const lengths = new Map<string, number>();
    const watched: Courier = {
      ...courier,
      links: {
        open: async (url, signal) => {
          const opened = await courier.links.open(url, signal);
          if (opened.ok) lengths.set(url, Number(opened.value.headers['content-length']));
          return opened;
        },
      },
    };
    return withFinding(watched, ({ link = '' }, { content }) => lengths.get(link) === content?.sizeBytes);
  },

  'a file that could not be compared counts as another file': (courier) => ({
    ...courier,
    kombo: {
      ...courier.kombo,
      listAttachments: async (target, signal) => {
        const answer = await courier.kombo.listAttachments(target, signal);
        if (!answer.ok) return answer;
        const files = answer.value.files.map((file) => ({ link: 'https://files.simulated/none', ...file }));
        return { ...answer, value: { ...answer.value, files } };
      },
    },
    links: {
      open: async (url, signal) => {
        const opened = await courier.links.open(url, signal);
        if (opened.ok && opened.value.status === 200 && !opened.value.headers['content-type']?.includes('html'))
          return opened;
        const headers = { 'content-length': '1', 'content-type': 'text/plain' };
        return ok({ status: 200, headers, chunks: noBytes(), close: () => undefined });
      },
    },
  }),

  'a look that failed temporarily counts': (courier) =>
    withLookedEvent(courier, (event, seen) => {
      if (event.kind !== 'looked' || event.counts !== 'passing') return event;
      const isSecond = seen.state.status === 'unknown' && seen.state.absentLooks > 0;
      return isSecond ? { kind: 'absent', dueAt: event.dueAt } : { ...event, counts: 'absent' };
    }),

  // The knowledge of the tool was learnt with the same setting.
  'a file is released after six minutes': (courier) => ({
    ...withTool(courier, (tool) =>
      tool.map((group) => ({ ...group, lessons: group.lessons.map((lesson) => ({ ...lesson, lagMs: 6 * 60_000 })) })),
    ),
    settings: { ...courier.settings, readBackAgainMs: 6 * 60_000 },
  }),

  'there is no third and last attempt': (courier) =>
    withLookedEvent(courier, (event, { unknownAttempts = 0, lastLook }) =>
      event.kind === 'undecidable' && unknownAttempts >= 3 && lastLook?.notCompared === 0
        ? { kind: 'absent', dueAt: courier.clock.now() }
        : event,
    ),

  'an absence counts before anything was learnt': (courier) =>
    withTool(courier, (tool) => targetKinds.map((kind) => withImaginedLesson(kind, tool))),

  'one sample is enough to know that a tool keeps bytes': (courier) =>
    withTool(courier, (tool) =>
      tool.map((group) => ({
        ...group,
        lessons: group.lessons.flatMap((lesson) => [lesson, { ...lesson, targetId: `${lesson.targetId} again` }]),
      })),
    ),
};

/** As if the tool had listed one known file of this kind of target. */
const withImaginedLesson = (kind: TargetKind, tool: Tool): ToolGroup => {
  const nothing = { kind, contentType: 'text/plain', samples: [], lessons: [], missed: 0, nextSampleAt: 0 };
  const group = tool.find((known) => known.kind === kind) ?? nothing;
  const lesson = { targetId: 'imagined', sizeBytes: 1, at: Number.MAX_SAFE_INTEGER, lagMs: 0 };
  return { ...group, lessons: [...group.lessons, lesson] };
};

const withTool = (courier: Courier, change: (tool: Tool) => Tool): Courier => ({
  ...courier,
  lanes: { ...courier.lanes, toolOf: async (integrationId) => change(await courier.lanes.toolOf(integrationId)) },
});

const withLookedEvent = (
  courier: Courier,
  change: (event: LedgerEvent, seen: LedgerRecord) => LedgerEvent,
): Courier => ({
  ...courier,
  ledger: { ...courier.ledger, apply: (seen, event) => courier.ledger.apply(seen, change(event, seen)) },
});

/** Identifies a listed file as ours by something other than its bytes. */
const withFinding = (courier: Courier, isOurs: (file: ListedFile, record: LedgerRecord) => boolean): Courier => {
  const listed = new Map<string, readonly ListedFile[]>();
  const watched: Courier = {
    ...courier,
    kombo: {
      ...courier.kombo,
      listAttachments: async (target, signal) => {
        const answer = await courier.kombo.listAttachments(target, signal);
        if (answer.ok) listed.set(targetKey(target), answer.value.files);
        return answer;
      },
    },
  };
  return withLookedEvent(watched, (event, seen) => {
    const files = (seen.target && listed.get(targetKey(seen.target))) ?? [];
    const isLook = event.kind === 'looked' || event.kind === 'absent' || event.kind === 'undecidable';
    return isLook && files.some((file) => isOurs(file, seen)) ? { kind: 'found' } : event;
  });
};

async function* noBytes(): AsyncGenerator<Uint8Array, void, undefined> {}
