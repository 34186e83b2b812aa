import { newLane } from '../../lib/lane/lane.ts';
import { fromLaneItem, laneKey, toLaneItem } from '../../lib/lane/lane-item.ts';
import type { Item } from '../../lib/ledger/table.ts';
import type { ToolGroup } from '../../lib/read-back/learn-tool.ts';
import { targetKinds } from '../../lib/upload/target.ts';
import { integrationId, nine } from './ledger-samples.ts';

/** A tool known from two files found byte for byte at two targets: it lists what it accepts and keeps it unchanged. */
export const learnTool = ({ table }: { readonly table: { readonly items: Map<string, Item> } }): void => {
  const tool = targetKinds.map(
    (kind): ToolGroup => ({
      kind,
      contentType: 'application/pdf',
      samples: [],
      lessons: ['earlierOne', 'earlierTwo'].map((targetId) => ({ targetId, sizeBytes: 10_000, at: nine, lagMs: 0 })),
      missed: 0,
      nextSampleAt: 0,
    }),
  );
  const stored = table.items.get(laneKey(integrationId));
  const known = stored && fromLaneItem(stored);
  const lane = known && known !== 'unreadable' ? known : newLane(integrationId);
  const item = toLaneItem({ ...lane, tool, version: lane.version + 1 });
  table.items.set(item.pk, item);
};
