import { crc32 } from 'node:zlib';
import * as v from 'valibot';
import { failures } from '../failures/failures.ts';
import { OwnError } from '../failures/own-error.ts';
import { isObject, parseJson } from '../json.ts';
import { daySeconds, shardCount } from '../limits.ts';
import { checksumAlgorithms } from '../stream/checksum.ts';
import { attachmentTypes, targetKey, targetKinds } from '../upload/target.ts';
import { uploadId } from '../upload/upload.ts';
import { scanCodes, verdictOnAttached } from './latest-verdict.ts';
import { endedAtOf } from './outcome-attributes.ts';
import type { LedgerRecord, State } from './record.ts';
import { completed, shortened } from './record-document.ts';
import type { Item } from './table.ts';
import { timestamp } from './timestamp.ts';

/**
 * Layout of the table, one item per upload.
 *
 * | attribute | content |
 * |---|---|
 * | `pk` | `bucket/key#etag` |
 * | `version`, `owner` | what conditional writes compare; `owner` only while sending |
 * | `workShard`, `workAt` | index `byWork`: `lease#0..3` by the end of the lease, `wait#<integration>` and `backfill#<integration>` by due time, `held#0..3` and `rejected#0..3` by the time it was held or rejected; absent once superseded or attached, unless an open scan verdict lists it among the held ones |
 * | `targetKey`, `createdAt` | index `byTarget`: `candidate/<id>` or `application/<id>` |
 * | `expiresAt` | TTL; set only once settled, so that nothing that needs work can expire |
 * | `status`, `code`, `integrationId`, `type`, `sizeBytes`, `attempts`, `endedAt`, `correlationId` | facts for outcome events: a pipe reads attributes, not the document |
 * | `outcome`, `upload`, `etag`, `target` | only if the last write is reported by an event, see `outcome-attributes.ts` |
 * | `document` | the rest of the record as JSON (see `record-document.ts`), with its `layout` number; `of` is the CRC32 of `pk`, so that an item that was copied to another key by hand is recognised |
 *
 * Below one kilobyte a delivery costs 5 write units: its claim writes the table and both indexes; its settlement writes
 * the table and removes the item from index `byWork`.
 *
 * Other items: `lane#<integration>` (see `lane-item.ts`), `sweep` (see `sweep-store.ts`), `gauges` (see
 * `last-reading.ts`), and `canary` (see `canary-store.ts`).
 */
const layout = 1;

/**
 * Lists of files that are being sent, or need an operator, or were rejected. A rejected upload is settled, and its
 * record expires.
 */
export type WorkQueue = 'lease' | 'held' | 'rejected';
export const shardsOf = (queue: WorkQueue): readonly string[] =>
  Array.from({ length: shardCount }, (_, shard) => `${queue}#${shard}`);

export const toItem = (record: LedgerRecord, retentionDays: number): Item => {
  const pk = uploadId(record.upload);
  const { state } = record;
  const endedAt = endedAtOf(state);
  const listed = verdictOnAttached(record);
  const beside = {
    pk,
    version: record.version,
    createdAt: record.createdAt,
    ...(record.target && { targetKey: targetKey(record.target), integrationId: record.target.integrationId }),
    ...(record.attachmentType && { type: record.attachmentType }),
    ...(record.upload.sizeBytes !== undefined && { sizeBytes: String(record.upload.sizeBytes) }),
    status: state.status,
    ...('failure' in state && { code: state.failure.code }),
    attempts: record.attempts,
    ...(endedAt !== undefined && { endedAt }),
    ...(record.correlationId && { correlationId: record.correlationId }),
  };
  return {
    ...beside,
    ...(listed && { code: listed.code }),
    ...('owner' in state && { owner: state.owner }),
    ...placeOf(record, pk),
    ...(isSettled(state) && !listed && { expiresAt: Math.floor(record.updatedAt / 1000) + retentionDays * daySeconds }),
    document: JSON.stringify({ layout, of: crc32(pk), ...shortened(record, beside) }),
  };
};

/** The two partitions of a lane: new files, and files of a backfill, which are sent after them. */
export type LanePart = 'wait' | 'backfill';
export const lanePartition = (part: LanePart, integrationId: string): string => `${part}#${integrationId}`;

const placeOf = (record: LedgerRecord, pk: string): Pick<Item, 'workShard' | 'workAt'> => {
  const { state } = record;
  const shard = (queue: WorkQueue): string => `${queue}#${crc32(pk) % shardCount}`;
  switch (state.status) {
    case 'sending':
      return { workShard: shard('lease'), workAt: state.leaseUntil };
    case 'waiting':
    case 'unknown':
      return { workShard: laneOf(record), workAt: state.dueAt };
    case 'held':
      return { workShard: shard('held'), workAt: state.heldAt };
    case 'rejected':
      return { workShard: shard('rejected'), workAt: state.rejectedAt };
    case 'attached':
      return verdictOnAttached(record) ? { workShard: shard('held'), workAt: record.updatedAt } : {};
    case 'superseded':
      return {};
  }
};

/** @throws when the record has no target, because no run would read the lane of such a file */
const laneOf = ({ target, backfill }: LedgerRecord): string => {
  if (!target) throw new OwnError('A file without a target cannot wait.');
  return lanePartition(backfill ? 'backfill' : 'wait', target.integrationId);
};

const isSettled = ({ status }: State): boolean =>
  status === 'attached' || status === 'rejected' || status === 'superseded';

/** A record that this version cannot read. Its file is not sent, and an error is logged for the operator. */
export class RecordUnreadable extends OwnError {
  override readonly name = 'RecordUnreadable';
}

/** @throws {RecordUnreadable} when the document is damaged, edited by hand, or written by a newer version. */
export const fromItem = (item: Item): LedgerRecord => {
  const document = parseJson(item.document);
  const parsed = v.safeParse(recordSchema, isObject(document) ? completed(document, item) : document);
  if (!parsed.success) throw unreadable(v.getDotPath(parsed.issues[0]) ?? 'document');
  // The schema drops fields that it does not know, such as those of a later version.
  const { layout: _, of, ...fields } = parsed.output;
  if (of !== crc32(item.pk)) throw unreadable('of');
  const record = fields as LedgerRecord;
  // Writes are conditional on this attribute. If it differs from the document, no write could ever succeed.
  const owner = record.state.status === 'sending' ? record.state.owner : undefined;
  if (item.owner !== owner) throw unreadable('owner');
  return record;
};

const unreadable = (path: string): RecordUnreadable =>
  new RecordUnreadable(`The ledger record is damaged or from another version: look at "${path}".`);

const failure = v.object({
  code: v.picklist(Object.keys(failures)),
  detail: v.string(),
  unlistedCode: v.optional(v.string()),
  komboMessage: v.optional(v.string()),
  logUrl: v.optional(v.string()),
});
const attachmentType = v.picklist(attachmentTypes);

const state = v.variant('status', [
  v.object({ status: v.literal('sending'), owner: v.string(), leaseUntil: timestamp }),
  v.object({
    status: v.literal('attached'),
    attachedAt: timestamp,
    warnings: v.array(v.string()),
    evidence: v.picklist(['answer', 'read-back', 'operator', 'same-bytes']),
  }),
  v.object({ status: v.literal('waiting'), dueAt: timestamp, failure }),
  v.object({
    status: v.literal('unknown'),
    dueAt: timestamp,
    failure,
    absentLooks: v.number(),
    doubtfulLooks: v.number(),
    passingLooks: v.number(),
    unknownSince: timestamp,
  }),
  v.object({
    status: v.literal('held'),
    heldAt: timestamp,
    failure,
    mayBeDelivered: v.boolean(),
    otherwise: v.optional(failure),
  }),
  v.object({ status: v.literal('rejected'), rejectedAt: timestamp, failure, headers: v.optional(v.string()) }),
  v.object({ status: v.literal('superseded'), supersededAt: timestamp, failure }),
]);

const sent = v.object({ name: v.string(), type: attachmentType, contentType: v.string() });

const fileContent = v.object({
  sizeBytes: v.number(),
  checksum: v.object({ algorithm: v.picklist(checksumAlgorithms), value: v.string() }),
});

const verdict = v.object({
  code: v.picklist(scanCodes),
  at: timestamp,
  acknowledged: v.optional(v.literal(true)),
});

const look = v.object({
  at: timestamp,
  listed: v.number(),
  different: v.number(),
  notCompared: v.number(),
  problem: v.optional(v.string()),
});

const recordSchema = v.object({
  layout: v.literal(layout),
  of: v.number(),
  upload: v.object({
    bucket: v.string(),
    key: v.string(),
    etag: v.string(),
    sizeBytes: v.optional(v.number()),
    versionId: v.optional(v.string()),
    sequencer: v.optional(v.string()),
    modifiedAt: v.optional(timestamp),
  }),
  target: v.optional(v.object({ kind: v.picklist(targetKinds), id: v.string(), integrationId: v.string() })),
  attachmentType: v.optional(attachmentType),
  state,
  attempts: v.number(),
  attemptsSinceRelease: v.number(),
  countedAttempts: v.optional(v.number()),
  countedSince: v.optional(timestamp),
  waited: v.optional(v.boolean()),
  backfill: v.optional(v.boolean()),
  attemptedAt: v.optional(timestamp),
  firstUnknownAttemptAt: v.optional(timestamp),
  unknownAttempts: v.optional(v.number()),
  sent: v.optional(sent),
  content: v.optional(fileContent),
  correlationId: v.optional(v.string()),
  resentAt: v.optional(timestamp),
  lastLook: v.optional(look),
  verdict: v.optional(verdict),
  createdAt: timestamp,
  updatedAt: timestamp,
  note: v.optional(v.object({ action: v.string(), reason: v.string(), at: timestamp })),
  // A missing version (after an edit by hand) is read as 0, and refused here.
  version: v.pipe(v.number(), v.minValue(1)),
  writeId: v.string(),
});
