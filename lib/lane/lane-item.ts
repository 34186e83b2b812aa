import * as v from 'valibot';
import { parseJson } from '../json.ts';
import type { Item } from '../ledger/table.ts';
import { timestamp } from '../ledger/timestamp.ts';
import { nextComparisonAt, type Tool } from '../read-back/learn-tool.ts';
import { targetKinds } from '../upload/target.ts';

/** One integration: what is known of it beyond its single uploads. */
export interface Lane {
  readonly integrationId: string;
  readonly tool: Tool;
  readonly version: number;
}

/** The part of index `work` that lists the lanes with a waiting comparison, by its due time. */
export const laneShard = 'lanes';

/** No upload has such a key: bucket names hold no `#`. */
export const laneKey = (integrationId: string): string => `lane#${integrationId}`;

export const toLaneItem = ({ integrationId, tool, version }: Lane): Item => {
  const dueAt = nextComparisonAt(tool);
  return {
    pk: laneKey(integrationId),
    version,
    status: 'lane',
    ...(dueAt !== undefined && { workShard: laneShard, workAt: dueAt }),
    document: JSON.stringify({ tool }),
  };
};

/** An item that this version cannot read is neither used nor overwritten: a newer version may have written it. */
export const fromLaneItem = (item: Item): Lane | 'unreadable' => {
  const parsed = v.safeParse(laneSchema, parseJson(item.document));
  if (!parsed.success) return 'unreadable';
  return { integrationId: item.pk.slice(laneKey('').length), tool: parsed.output.tool, version: item.version };
};

const sample = v.object({
  id: v.string(),
  targetId: v.string(),
  sizeBytes: v.number(),
  notedAt: timestamp,
  dueAt: timestamp,
  tries: v.number(),
});

/** Strict: an older version that does not know a field must not write the lane without it. */
const laneSchema = v.strictObject({
  tool: v.array(
    v.object({
      kind: v.picklist(targetKinds),
      contentType: v.string(),
      samples: v.array(sample),
      lessons: v.array(v.object({ targetId: v.string(), sizeBytes: v.number(), at: timestamp, lagMs: v.number() })),
      missed: v.number(),
      nextSampleAt: timestamp,
    }),
  ),
});
