import * as v from 'valibot';
import { failures } from '../failures/failures.ts';
import { parseJson } from '../json.ts';
import type { Item } from '../ledger/table.ts';
import { timestamp } from '../ledger/timestamp.ts';
import { targetKinds } from '../upload/target.ts';
import { type Lane, placeOf } from './lane.ts';

/** The partitions of index `byWork` that list the lanes with work to do, by the time when a run reads them. */
export const directoryPartition = { open: 'lanes', paused: 'lanes#paused' } as const;

/** Never the key of an upload, because bucket names contain no `#`. */
export const laneKey = (integrationId: string): string => `lane#${integrationId}`;

export const toLaneItem = (lane: Lane): Item => {
  const { integrationId, version, pause, counts, ...rest } = lane;
  const place = placeOf(lane);
  return {
    pk: laneKey(integrationId),
    version,
    status: pause ? 'lane paused' : 'lane open',
    ...(pause && { code: pause.code }),
    ...(place && { workShard: directoryPartition[place.part], workAt: place.at }),
    ...(counts?.oldestAt !== undefined && { createdAt: counts.oldestAt }),
    ...(counts && { waiting: counts.waiting, unknown: counts.unknown }),
    ...(counts?.unreadable !== undefined && { unreadable: counts.unreadable }),
    document: JSON.stringify({ pause, counts, ...rest }),
  };
};

/** An item that this version cannot read is neither used nor overwritten; its lane counts as paused. */
export const fromLaneItem = (item: Item): Lane | 'unreadable' => {
  const parsed = v.safeParse(laneSchema, parseJson(item.document));
  // Version 0 stands for an item that does not exist, so no conditional write on it could succeed.
  if (!parsed.success || item.version < 1) return 'unreadable';
  return { ...(parsed.output as Omit<Lane, 'integrationId' | 'version'>), ...identityOf(item) };
};

export const integrationOf = ({ pk }: Pick<Item, 'pk'>): string => pk.slice(laneKey('').length);

const identityOf = (item: Item) => ({ integrationId: integrationOf(item), version: item.version });

const sample = v.looseObject({
  id: v.string(),
  targetId: v.string(),
  sizeBytes: v.number(),
  notedAt: timestamp,
  dueAt: timestamp,
  tries: v.number(),
});

const pause = v.looseObject({
  code: v.picklist(Object.keys(failures)),
  by: v.picklist(['kombo', 'operator']),
  reason: v.string(),
  since: timestamp,
  causeSince: v.optional(timestamp),
  end: v.optional(
    v.looseObject({
      by: v.picklist(['unread', 'reading', 'probe']),
      nextAt: timestamp,
      probes: v.number(),
      probedId: v.optional(v.string()),
      unanswered: v.optional(v.boolean()),
      keyVersion: v.optional(v.string()),
      integrationSetting: v.optional(v.string()),
      metIn: v.optional(v.string()),
    }),
  ),
});

/** Loose at every level: fields that a newer version added are kept when this version writes the item. */
const laneSchema = v.looseObject({
  touchedAt: timestamp,
  nextAt: v.optional(timestamp),
  pause: v.optional(pause),
  outages: v.number(),
  outageCode: v.optional(v.picklist(Object.keys(failures))),
  openedAt: v.optional(timestamp),
  rateLimited: v.optional(v.looseObject({ integrationId: v.string(), until: timestamp })),
  restored: v.optional(v.looseObject({ since: timestamp, at: timestamp, reason: v.string() })),
  counts: v.optional(
    v.looseObject({
      waiting: v.number(),
      unknown: v.number(),
      oldestAt: v.optional(timestamp),
      unreadable: v.optional(v.number()),
      at: timestamp,
    }),
  ),
  tool: v.array(
    v.looseObject({
      kind: v.picklist(targetKinds),
      contentType: v.string(),
      samples: v.array(sample),
      lessons: v.array(
        v.looseObject({ targetId: v.string(), sizeBytes: v.number(), at: timestamp, lagMs: v.number() }),
      ),
      missed: v.number(),
      nextSampleAt: timestamp,
    }),
  ),
});
