import type { Clock } from '../clock.ts';
import type { FailureCode } from '../failures/failures.ts';
import { TooManyConflicts } from '../failures/own-error.ts';
import type { PageKey, Table } from '../ledger/table.ts';
import { laneViewLifetimeMs, ledgerPageSize, maxConflictRounds, maxLaneViews } from '../limits.ts';
import type { Tool } from '../read-back/learn-tool.ts';
import { accountLane, type Lane, newLane, pausedSentence, touched } from './lane.ts';
import { directoryPartition, fromLaneItem, integrationOf, laneKey, toLaneItem } from './lane-item.ts';

/** Stores the lanes in the ledger table, as `lane#<integration>`. Methods throw what the table throws. */
export interface LaneStore {
  /** Whether files of the integration may be sent now, according to a view that is at most 30 seconds old. */
  gate(integrationId: string): Promise<Gate>;
  /** The stored lane, or a new one when there is none. */
  read(integrationId: string): Promise<Lane | 'unreadable'>;
  /** Many stored lanes. Lanes without an item are absent. */
  readMany(integrationIds: readonly string[]): Promise<ReadonlyMap<string, Lane | 'unreadable'>>;
  /**
   * Changes a lane. `change` runs again on the new state after each conflict; it returns the same object when nothing
   * has to change. An unreadable item is not changed.
   */
  change(integrationId: string, change: (lane: Lane) => Lane): Promise<Lane | 'unreadable'>;
  /** As `change`, but gives up after too many conflicts. For changes that another invocation will find as well. */
  suggest(integrationId: string, change: (lane: Lane) => Lane): Promise<void>;
  /** Must precede every write that puts a file into the lane. Costs nothing while the latest touch is fresh. */
  touch(integrationId: string): Promise<void>;
  /** Lists an unreadable item among the pauses, so that runs report it. */
  showUnreadable(integrationId: string): Promise<void>;
  /** What is known about the tool; empty when the lane's item is unreadable. */
  toolOf(integrationId: string): Promise<Tool>;
  /**
   * Replaces an unreadable item with a new, open lane, at an operator's request. What was known about the tool is lost.
   */
  replaceUnreadable(integrationId: string): Promise<void>;
  /**
   * Changes what is known about the tool. Gives up after too many conflicts, because the next upload teaches the same.
   */
  learn(integrationId: string, change: (tool: Tool) => Tool): Promise<void>;
  /**
   * The lanes with work that is due by `upTo`, longest due first. Read from the index, which may lag behind the items.
   * Read page by page, so a run pays only for the lanes that it reaches.
   * @param upTo milliseconds since the epoch; everything when absent
   */
  directory(part: keyof typeof directoryPartition, upTo?: number): AsyncGenerator<DirectoryEntry, void, undefined>;
}

export interface Gate {
  /** Absent when files may be sent. */
  readonly closed?: Closed;
  /**
   * When this lane or the account last opened; retry budgets start again at that time. 0 when neither was ever paused.
   */
  readonly openedAt: number;
  readonly lane: Lane | 'unreadable';
  readonly account: Lane | 'unreadable';
}

/** Why a lane is closed. */
export interface Closed {
  /** The lane that is paused: the integration, or `*`. */
  readonly integrationId: string;
  readonly code: FailureCode;
  /** For an operator. */
  readonly sentence: string;
}

export interface DirectoryEntry {
  readonly integrationId: string;
  readonly dueAt: number;
  /** Counts from the last reading, see `LaneCounts`. */
  readonly waiting: number;
  readonly unknown: number;
  readonly oldestAt?: number;
  readonly unreadable: number;
}

export const unreadableSentence =
  'The record of its lane cannot be read. Deploy the version that wrote it, or resume the integration, which writes a new record.';

export const closedBy = (integrationId: string, lane: Lane | 'unreadable'): Closed | undefined => {
  if (lane === 'unreadable') return { integrationId, code: 'INTEGRATION_PAUSED', sentence: unreadableSentence };
  const { pause } = lane;
  return pause && { integrationId, code: pause.code, sentence: pausedSentence(integrationId, pause) };
};

export const lanesOn = (table: Table, clock: Clock): LaneStore => {
  const views = new Map<string, { readonly at: number; readonly lane: Promise<Lane | 'unreadable'> }>();

  const readItem = async (integrationId: string): Promise<Lane | 'unreadable'> => {
    const item = await table.get(laneKey(integrationId));
    return item ? fromLaneItem(item) : newLane(integrationId);
  };

  /** An instance sees its own write immediately. A failed read is not cached. */
  const remember = (integrationId: string, lane: Promise<Lane | 'unreadable'>): Promise<Lane | 'unreadable'> => {
    if (views.size >= maxLaneViews) views.clear();
    const view = { at: clock.now(), lane };
    views.set(integrationId, view);
    lane.catch(() => {
      if (views.get(integrationId) === view) views.delete(integrationId);
    });
    return lane;
  };

  /** Deliveries that start concurrently share one read. */
  const viewOf = (integrationId: string): Promise<Lane | 'unreadable'> => {
    const view = views.get(integrationId);
    if (view && clock.now() - view.at <= laneViewLifetimeMs) return view.lane;
    return remember(integrationId, readItem(integrationId));
  };

  const tryChange = async (
    integrationId: string,
    changed: (lane: Lane) => Lane,
  ): Promise<Lane | 'unreadable' | 'conflict'> => {
    for (let round = 1; round <= maxConflictRounds; round += 1) {
      const seen = await readItem(integrationId);
      if (seen === 'unreadable') return remember(integrationId, Promise.resolve(seen));
      const next = changed(seen);
      if (next === seen) return remember(integrationId, Promise.resolve(seen));
      const written = { ...next, version: seen.version + 1 };
      const condition =
        seen.version === 0 ? ({ kind: 'absent' } as const) : ({ kind: 'unchanged', version: seen.version } as const);
      if ((await table.put(toLaneItem(written), condition)).written)
        return remember(integrationId, Promise.resolve(written));
    }
    return 'conflict';
  };

  /** Changes only the item's place in the index, not its document. */
  const showUnreadable = async (integrationId: string): Promise<void> => {
    const item = await table.get(laneKey(integrationId));
    if (!item || item.workShard === directoryPartition.paused || fromLaneItem(item) !== 'unreadable') return;
    const place = { workShard: directoryPartition.paused, workAt: clock.now() };
    await table.put({ ...item, ...place, version: item.version + 1 }, { kind: 'unchanged', version: item.version });
  };

  const change: LaneStore['change'] = async (integrationId, changed) => {
    const lane = await tryChange(integrationId, changed);
    if (lane === 'conflict') throw new TooManyConflicts('lane');
    return lane;
  };

  return {
    change,
    showUnreadable,
    read: (integrationId) => remember(integrationId, readItem(integrationId)),
    readMany: async (integrationIds) =>
      new Map(
        (await table.getMany(integrationIds.map(laneKey))).map((item) => [integrationOf(item), fromLaneItem(item)]),
      ),
    gate: async (integrationId) => {
      const [account, lane] = await Promise.all([viewOf(accountLane), viewOf(integrationId)]);
      const closed = closedBy(accountLane, account) ?? closedBy(integrationId, lane);
      const openedAt = Math.max(openingOf(account), openingOf(lane));
      return { ...(closed && { closed }), openedAt, lane, account };
    },
    touch: async (integrationId) => {
      const lane = await viewOf(integrationId);
      if (lane !== 'unreadable' && touched(lane, clock.now()) === lane) return;
      // An item that was unreadable a moment ago may have been repaired since.
      const fresh = await change(integrationId, (its) => touched(its, clock.now()));
      if (fresh === 'unreadable') await showUnreadable(integrationId);
    },
    toolOf: async (integrationId) => {
      const lane = await viewOf(integrationId);
      return lane === 'unreadable' ? [] : lane.tool;
    },
    suggest: async (integrationId, changed) => {
      await tryChange(integrationId, changed);
    },
    learn: async (integrationId, changed) => {
      await tryChange(integrationId, (lane) => {
        const tool = changed(lane.tool);
        return tool === lane.tool ? lane : { ...lane, tool };
      });
    },
    replaceUnreadable: async (integrationId) => {
      const item = await table.get(laneKey(integrationId));
      if (!item || fromLaneItem(item) !== 'unreadable') return;
      const now = clock.now();
      const lane = { ...newLane(integrationId), touchedAt: now, nextAt: now, openedAt: now, version: item.version + 1 };
      const { written } = await table.put(toLaneItem(lane), { kind: 'unchanged', version: item.version });
      if (written) await remember(integrationId, Promise.resolve(lane));
    },
    directory: async function* (part, upTo) {
      let after: PageKey | undefined;
      do {
        const { items, next } = await table.query({
          index: 'byWork',
          hash: directoryPartition[part],
          limit: ledgerPageSize,
          ...(upTo !== undefined && { upTo }),
          ...(after && { after }),
        });
        for (const { pk, workAt = 0, waiting = 0, unknown = 0, unreadable = 0, createdAt } of items) {
          const integrationId = integrationOf({ pk });
          yield {
            integrationId,
            dueAt: workAt,
            waiting,
            unknown,
            unreadable,
            ...(createdAt !== undefined && { oldestAt: createdAt }),
          };
        }
        after = next;
      } while (after);
    },
  };
};

const openingOf = (lane: Lane | 'unreadable'): number => (lane === 'unreadable' ? 0 : (lane.openedAt ?? 0));
