import { deliver } from '../delivery/deliver.ts';
import { afterRead, type Lane, type LaneCounts, type LaneReading } from '../lane/lane.ts';
import { unreadableSentence } from '../lane/lane-store.ts';
import type { LaneEntry } from '../ledger/ledger.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import type { LanePart } from '../ledger/record-item.ts';
import { laneDueAfterTouchMs, lanePageSize, maxCounted } from '../limits.ts';
import type { Outcome } from '../outcome.ts';
import { readBack } from '../read-back/read-back.ts';
import { maskIntegrationId } from '../telemetry/mask-key.ts';
import { fileFields, unreadableRecord } from '../telemetry/observe.ts';
import { type Comparison, compareSample, dueSamples } from './compare-sample.ts';
import type { RunCourier, RunOptions } from './run-options.ts';

/** One task in a lane: a file or a comparison. */
export interface LaneTask {
  readonly run: () => Promise<Outcome | Comparison>;
}

/** One lane's work in one run. */
export interface LaneVisit {
  readonly integrationId: string;
  /** A pause has just ended, so it starts with one call at a time. */
  readonly isNew: boolean;
  /** The tasks that can start now, oldest first. The run removes a task when it starts it. */
  readonly tasks: LaneTask[];
  /** Whether more is due than `tasks` shows. */
  readonly hasMore: () => boolean;
  /** Reads the next page of due files into `tasks`. Returns the number of unreadable records. */
  nextTurn(): Promise<number>;
  /** Called when the lane is paused. Starts nothing more. */
  close(): void;
  /** Writes what is left to the lane's item. Returns how many due files were read but not started. */
  end(): Promise<number>;
}

/** Counts the files in a lane. */
export const countLane = async (integrationId: string, courier: RunCourier): Promise<LaneCounts> => {
  const parts = [await queueOf('wait', integrationId, courier), await queueOf('backfill', integrationId, courier)];
  return readingOf(parts, courier.clock.now()).counts;
};

/** Undefined when the lane is paused. */
export const visitLane = async (
  integrationId: string,
  options: RunOptions,
  courier: RunCourier,
): Promise<LaneVisit | 'unreadable' | undefined> => {
  const { lanes, log, clock } = courier;
  const lane = await lanes.read(integrationId);
  if (lane === 'unreadable') {
    log.error('A lane cannot be read, so it counts as paused.', {
      integration: maskIntegrationId(integrationId),
      nextStep: unreadableSentence,
    });
    await lanes.showUnreadable(integrationId);
    return lane;
  }
  if (lane.pause) return undefined;
  const { openedAt } = await lanes.gate(integrationId);
  const readAt = clock.now();
  const parts = [await queueOf('wait', integrationId, courier), await queueOf('backfill', integrationId, courier)];
  const samples = dueSamples(lane, clock.now()).map(
    (sample): LaneTask => ({ run: () => compareSample(lane, sample, options, courier) }),
  );
  return visitOf(lane, { openedAt, readAt }, parts, samples, options, courier);
};

const visitOf = (
  { integrationId }: Lane,
  { openedAt, readAt }: { readonly openedAt: number; readonly readAt: number },
  parts: readonly FileQueue[],
  samples: readonly LaneTask[],
  options: RunOptions,
  courier: RunCourier,
): LaneVisit => {
  const { ledger, lanes, clock, log } = courier;
  const tasks: LaneTask[] = [...samples];
  let isClosed = false;
  let isReading = false;
  let dropped = 0;
  let unreadableInAll = 0;
  const nextPart = (): FileQueue | undefined => parts.find((part) => part.hasMore());
  return {
    integrationId,
    isNew: clock.now() - openedAt < laneDueAfterTouchMs,
    tasks,
    hasMore: () => !isClosed && (isReading || nextPart() !== undefined),
    close: () => {
      isClosed = true;
      dropped += tasks.splice(0).length;
    },
    nextTurn: async () => {
      isReading = true;
      const ids = (await nextPart()?.take(lanePageSize)) ?? [];
      const entries = await ledger.readMany(ids);
      isReading = false;
      let unreadable = 0;
      for (const entry of entries.values()) {
        if (!entry.readable) {
          unreadable += 1;
          const file = fileFields(entry.id, courier.settings.keyTemplates);
          log.error(unreadableRecord, { ...file, integration: maskIntegrationId(integrationId), detail: entry.reason });
        } else if (isDue(entry.record, clock.now())) {
          tasks.push({ run: () => handle(entry.record, options, courier) });
        }
      }
      unreadableInAll += unreadable;
      return unreadable;
    },
    end: async () => {
      const left = dropped + tasks.length + parts.reduce((sum, part) => sum + part.unread(), 0);
      // Uses the time of reading, because the run may have been frozen since. What it read then shows nothing about
      // later files.
      const reading = readingOf(parts, readAt);
      const isWhole = !isClosed && nextPart() === undefined;
      // After too many conflicts the lane stays due, and the next run writes it.
      await lanes.suggest(integrationId, (fresh) => {
        // An incomplete visit may have met only some of them.
        const unreadable = isWhole ? unreadableInAll : Math.max(unreadableInAll, fresh.counts?.unreadable ?? 0);
        const counts = { ...reading.counts, ...(unreadable > 0 && { unreadable }) };
        return afterRead(fresh, { ...reading, counts }, clock.now());
      });
      return left;
    },
  };
};

/** The index can lag. The record itself says whether it still waits, and until when. */
const isDue = ({ state }: LedgerRecord, now: number): boolean =>
  (state.status === 'waiting' || state.status === 'unknown') && state.dueAt <= now;

const handle = async (record: LedgerRecord, { deadline }: RunOptions, courier: RunCourier): Promise<Outcome> =>
  record.state.status === 'unknown'
    ? readBack(record, deadline, courier)
    : deliver(record.upload, { deadline, isPaced: true, seen: record }, courier);

/** The due files of one part of a lane, read page by page. */
interface FileQueue {
  hasMore(): boolean;
  take(count: number): Promise<readonly string[]>;
  /** Due files on the pages that were read, but not taken. */
  unread(): number;
  /** The entries of the first page, due or not. */
  readonly first: readonly LaneEntry[];
}

const queueOf = async (
  part: LanePart,
  integrationId: string,
  { ledger, clock }: Pick<RunCourier, 'ledger' | 'clock'>,
): Promise<FileQueue> => {
  let page = await ledger.filesInLane(integrationId, part, maxCounted);
  const first = page.entries;
  const dueIn = (entries: readonly LaneEntry[]): string[] =>
    entries.filter(({ dueAt }) => dueAt <= clock.now()).map(({ id }) => id);
  let due = dueIn(first);
  const mayHaveMore = (): boolean => page.next !== undefined && (page.entries.at(-1)?.dueAt ?? 0) <= clock.now();
  return {
    first,
    unread: () => due.length,
    hasMore: () => due.length > 0 || mayHaveMore(),
    take: async (count) => {
      if (due.length === 0 && mayHaveMore()) {
        page = await ledger.filesInLane(integrationId, part, maxCounted, page.next);
        due = dueIn(page.entries);
      }
      return due.splice(0, count);
    },
  };
};

/**
 * A file that was due and processed may wait again for its next check, so the lane is read once more before it counts
 * as empty.
 */
const readingOf = (parts: readonly FileQueue[], now: number): LaneReading => {
  const entries = parts.flatMap(({ first }) => first);
  const arrivals = entries.flatMap(({ firstAt }) => firstAt ?? []);
  const unknown = entries.filter(({ isUnknown }) => isUnknown).length;
  return {
    counts: {
      waiting: Math.min(maxCounted, entries.length - unknown),
      unknown: Math.min(maxCounted, unknown),
      ...(arrivals.length > 0 && { oldestAt: Math.min(...arrivals) }),
      at: now,
    },
    ...(entries.length > 0 && { earliestDueAt: Math.min(...entries.map(({ dueAt }) => dueAt)) }),
  };
};
