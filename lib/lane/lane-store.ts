import type { Clock } from '../clock.ts';
import type { IndexPage, PageKey, Table } from '../ledger/table.ts';
import { ledgerPageSize, maxConflictRounds, maxToolViews, toolViewLifetimeMs } from '../limits.ts';
import type { Tool } from '../read-back/learn-tool.ts';
import { fromLaneItem, type Lane, laneKey, laneShard, toLaneItem } from './lane-item.ts';

/** Where the lanes are kept: beside the uploads, as `lane#<integration>`. */
export interface LaneStore {
  /** What is known of the tool; the view is at most 5 minutes old. Of a tool with an unreadable item nothing is known. */
  toolOf(integrationId: string): Promise<Tool>;
  /**
   * Changes what is known of the tool; `change` runs again on the new state after each conflict, and returns the same object
   * when there is nothing to change. Gives up silently when the item cannot be read, and after too many conflicts: the next
   * upload teaches the same.
   */
  learn(integrationId: string, change: (tool: Tool) => Tool): Promise<void>;
  /** The lanes with a comparison that is due, longest due first; unreadable ones are skipped. Read page by page. */
  due(): AsyncGenerator<Lane, void, undefined>;
}

export const lanesOn = (table: Table, clock: Clock): LaneStore => {
  const views = new Map<string, { readonly at: number; readonly tool: Promise<Tool> }>();

  const read = async (integrationId: string): Promise<Lane | 'unreadable' | undefined> => {
    const item = await table.get(laneKey(integrationId));
    return item && fromLaneItem(item);
  };

  const remember = (integrationId: string, tool: Promise<Tool>): Promise<Tool> => {
    if (views.size >= maxToolViews) views.clear();
    const view = { at: clock.now(), tool };
    views.set(integrationId, view);
    tool.catch(() => {
      if (views.get(integrationId) === view) views.delete(integrationId);
    });
    return tool;
  };

  return {
    toolOf: (integrationId) => {
      const view = views.get(integrationId);
      if (view && clock.now() - view.at <= toolViewLifetimeMs) return view.tool;
      const reading = read(integrationId).then((lane) =>
        lane === undefined || lane === 'unreadable' ? [] : lane.tool,
      );
      return remember(integrationId, reading);
    },
    learn: async (integrationId, change) => {
      for (let round = 1; round <= maxConflictRounds; round += 1) {
        const seen = await read(integrationId);
        if (seen === 'unreadable') return;
        const before = seen?.tool ?? [];
        const tool = change(before);
        if (tool === before) {
          // The cached view was older than the item. With this one the next upload causes no read.
          await remember(integrationId, Promise.resolve(tool));
          return;
        }
        const next: Lane = { integrationId, tool, version: (seen?.version ?? 0) + 1 };
        const condition = seen
          ? ({ kind: 'unchanged', version: seen.version } as const)
          : ({ kind: 'absent' } as const);
        if (!(await table.put(toLaneItem(next), condition)).written) continue;
        await remember(integrationId, Promise.resolve(tool));
        return;
      }
    },
    due: async function* () {
      const upTo = clock.now();
      let after: PageKey | undefined;
      do {
        const { items, next }: IndexPage = await table.query({
          index: 'work',
          hash: laneShard,
          limit: ledgerPageSize,
          upTo,
          ...(after && { after }),
        });
        yield* items.map(fromLaneItem).filter((lane) => lane !== 'unreadable');
        after = next;
      } while (after);
    },
  };
};
