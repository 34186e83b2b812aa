import type { Clock } from '../clock.ts';
import { OwnError, TooManyConflicts } from '../failures/own-error.ts';
import { ledgerPageSize, maxConflictRounds, maxCounted } from '../limits.ts';
import { type Target, targetKey } from '../upload/target.ts';
import { parseUploadId, uploadId } from '../upload/upload.ts';
import type { FirstEvent } from './first-record.ts';
import type { EventOf, LedgerEvent } from './ledger-event.ts';
import { mergeShards } from './merge-shards.ts';
import { indexPages, itemsBehind } from './read-index.ts';
import type { LedgerRecord } from './record.ts';
import { type LanePart, lanePartition, shardsOf, type WorkQueue } from './record-item.ts';
import { type LedgerEntry, readItem, recordWriter } from './record-store.ts';
import type { Item, PageKey, Table } from './table.ts';
import { transition } from './transition.ts';

export type { LedgerEntry } from './record-store.ts';

/**
 * Stores what became of every upload. Each write is one conditional put of what `transition` allows, on the version
 * from which it was computed; after a conflict the record must be read again.
 * Methods throw what the table throws, because nothing may be sent without a ledger.
 */
export interface Ledger {
  /** Takes the upload for sending, or returns what is known of it. On the happy path this is one write and no read. */
  claim(claim: EventOf<'claim'>, seen?: LedgerRecord): Promise<Claim>;
  /** Writes the upload down as waiting without taking it, or returns what is known of it. */
  postpone(postponed: EventOf<'postponed'>, seen?: LedgerRecord): Promise<Claim>;
  /** Writes the upload down as one that may have been sent, because the table was restored; or returns what is known of it. */
  doubt(doubted: EventOf<'doubted'>, seen?: LedgerRecord): Promise<Claim>;
  /** Writes a verdict of the malware scan into the record, in any state; not written when the record has a later one. */
  scan(scanned: EventOf<'scanned' | 'unscanned'>, seen?: LedgerRecord): Promise<Claim>;
  /** `conflict` when the record is not the one seen any more, or does not allow the event: then nothing was written. */
  apply(seen: LedgerRecord, event: LedgerEvent): Promise<{ readonly record: LedgerRecord } | 'conflict'>;
  read(id: string): Promise<LedgerEntry | undefined>;
  /** What the ledger knows of these; uploads that it has never seen are absent. */
  readMany(ids: readonly string[]): Promise<ReadonlyMap<string, LedgerEntry>>;
  /**
   * Leases that have ended by now or what is held, oldest first; what was rejected, newest first, because that is a history.
   * Read in pages of `limit`, so the cost depends on what is read, not on the length of the list. The index names the records
   * and may be outdated; each is read from the table, and left out when it is not in that list any more.
   * @param upTo nothing later than this, in milliseconds; leases are never read beyond now
   */
  work(queue: WorkQueue, limit: number, upTo?: number): AsyncGenerator<LedgerEntry, void, undefined>;
  /** What is in a list, from the index alone; of a long one the newest, at least 1,000. */
  queued(queue: WorkQueue): Promise<readonly QueuedFile[]>;
  /** What waits in a lane, by due time, due or not: ids and facts from the index, which may be behind the records. */
  filesInLane(integrationId: string, part: LanePart, limit: number, after?: PageKey): Promise<LanePage>;
  /** In the order of arrival, as is `idsOfTarget`, which reads no record: some of those may be gone. */
  ofTarget(target: Pick<Target, 'kind' | 'id'>): AsyncGenerator<LedgerEntry, void, undefined>;
  idsOfTarget(target: Pick<Target, 'kind' | 'id'>): AsyncGenerator<string, void, undefined>;
  forget(seen: LedgerEntry): Promise<'forgotten' | 'conflict'>;
  /** A page of all uploads, in no order. Costs the whole table, so only an operator asks for it. */
  everything(limit: number, after?: string): Promise<EntryPage>;
  /**
   * Writes the record as it is once more, as news: its outcome is told again. Only its version grows.
   * `conflict` when it is not the one seen any more.
   */
  tell(seen: LedgerRecord): Promise<'told' | 'conflict'>;
}

export interface EntryPage {
  readonly entries: readonly LedgerEntry[];
  /** Where the next page begins. */
  readonly next?: string;
}

/** One file of a list. Times are milliseconds since the epoch. */
export interface QueuedFile {
  readonly id: string;
  /** Its place in the list: when it was held, or rejected. */
  readonly at: number;
  readonly code?: string;
}

/** One file that waits in a lane. Times are milliseconds since the epoch. */
export interface LaneEntry {
  readonly id: string;
  readonly dueAt: number;
  /** It may have been delivered: its target is looked at. Otherwise it is sent. */
  readonly isUnknown: boolean;
  /** When the upload first came. */
  readonly firstAt?: number;
}

export interface LanePage {
  readonly entries: readonly LaneEntry[];
  readonly next?: PageKey;
}

/** `written`: the record is as the event made it. Otherwise it does not allow the event, and nothing was changed. */
export type Claim =
  | { readonly written: true; readonly record: LedgerRecord }
  | { readonly written: false; readonly known: LedgerEntry };

export interface LedgerOptions {
  readonly table: Table;
  readonly clock: Clock;
  readonly uuid: () => string;
  readonly retentionDays: number;
}

export const ledgerOn = ({ table, clock, uuid, retentionDays }: LedgerOptions): Ledger => {
  const read: Ledger['read'] = async (id) => {
    const item = await table.get(id);
    return item && readItem(item);
  };

  const { write, writeAsNews } = recordWriter(table, retentionDays);

  const enter = async (event: FirstEvent, shown?: LedgerRecord): Promise<Claim> => {
    let seen = shown;
    for (let round = 1; round <= maxConflictRounds; round += 1) {
      const next = transition(seen, event, clock.now(), uuid());
      if (!next) {
        if (seen) return { written: false, known: { id: uploadId(seen.upload), readable: true, record: seen } };
        throw new OwnError('A first record was not allowed.');
      }
      const outcome = await write(next, seen);
      if (outcome === 'written') return { written: true, record: next };
      if (outcome === 'vanished') {
        // Erased in the meantime. A new event may create the record again; a caller with an old listing must not.
        if (shown) return { written: false, known: { id: uploadId(event.upload), readable: true, record: shown } };
        seen = undefined;
        continue;
      }
      const there = readItem(outcome);
      if (!there.readable) return { written: false, known: there };
      seen = there.record;
    }
    throw new TooManyConflicts('ledger record');
  };

  const apply: Ledger['apply'] = async (seen, event) => {
    const next = transition(seen, event, clock.now(), uuid());
    if (!next) return 'conflict';
    return (await write(next, seen)) === 'written' ? { record: next } : 'conflict';
  };

  const readMany: Ledger['readMany'] = async (ids) =>
    new Map((await table.getMany(ids)).map((item) => [item.pk, readItem(item)]));

  async function* work(queue: WorkQueue, limit: number, upTo?: number): AsyncGenerator<LedgerEntry, void, undefined> {
    const latest = queue === 'lease' ? Math.min(clock.now(), upTo ?? Number.POSITIVE_INFINITY) : upTo;
    const bounds = {
      ...(latest !== undefined && { upTo: latest }),
      ...(queue === 'rejected' && { newestFirst: true as const }),
    };
    async function* shard(hash: string): AsyncGenerator<Item, void, undefined> {
      const pages = indexPages((after) => table.query({ index: 'byWork', hash, limit, ...bounds, ...after }));
      for await (const page of pages) yield* await itemsBehind(page, table, { workShard: hash, upTo: latest });
    }
    const order = queue === 'rejected' ? 'newest first' : 'oldest first';
    for await (const item of mergeShards(shardsOf(queue).map(shard), order)) yield readItem(item);
  }

  const queued: Ledger['queued'] = async (queue) => {
    const files: QueuedFile[] = [];
    for (const hash of shardsOf(queue)) {
      const { items } = await table.query({ index: 'byWork', hash, limit: maxCounted, newestFirst: true });
      for (const { pk: id, workAt: at = 0, code } of items) files.push({ id, at, ...(code !== undefined && { code }) });
    }
    return files;
  };

  const filesInLane: Ledger['filesInLane'] = async (integrationId, part, limit, after) => {
    const hash = lanePartition(part, integrationId);
    const { items, next } = await table.query({ index: 'byWork', hash, limit, ...(after && { after }) });
    const entries = items.map(({ pk, workAt = 0, status, createdAt }) => ({
      id: pk,
      dueAt: workAt,
      isUnknown: status === 'unknown',
      ...(createdAt !== undefined && { firstAt: createdAt }),
    }));
    return { entries, ...(next && { next }) };
  };

  const pagesOfTarget = (hash: string) =>
    indexPages((after) => table.query({ index: 'byTarget', hash, limit: ledgerPageSize, ...after }));

  async function* ofTarget(target: Pick<Target, 'kind' | 'id'>): AsyncGenerator<LedgerEntry, void, undefined> {
    const hash = targetKey(target);
    for await (const page of pagesOfTarget(hash))
      for (const item of await itemsBehind(page, table, { targetKey: hash })) yield readItem(item);
  }

  async function* idsOfTarget(target: Pick<Target, 'kind' | 'id'>): AsyncGenerator<string, void, undefined> {
    for await (const page of pagesOfTarget(targetKey(target))) for (const { pk } of page) yield pk;
  }

  const forget: Ledger['forget'] = async (seen) => {
    const version = seen.readable ? seen.record.version : seen.version;
    if ((await table.delete(seen.id, { kind: 'unchanged', version })) === 'deleted') return 'forgotten';
    // The SDK repeats a deletion whose response got lost; the repeat then conflicts, although the first one succeeded.
    return (await table.get(seen.id)) ? 'conflict' : 'forgotten';
  };

  const everything: Ledger['everything'] = async (limit, after) => {
    const { items, next } = await table.scan(limit, after);
    // Lanes and the sweep have items of their own.
    const entries = items.filter(({ pk }) => parseUploadId(pk) !== undefined).map(readItem);
    return { entries, ...(next !== undefined && { next }) };
  };

  const tell: Ledger['tell'] = async (seen) => {
    const next = { ...seen, version: seen.version + 1, writeId: uuid() };
    return (await writeAsNews(next, seen)) === 'written' ? 'told' : 'conflict';
  };

  return {
    claim: enter,
    postpone: enter,
    doubt: enter,
    scan: enter,
    apply,
    read,
    readMany,
    work,
    queued,
    filesInLane,
    ofTarget,
    idsOfTarget,
    forget,
    everything,
    tell,
  };
};
