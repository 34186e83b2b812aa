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
 * Stores the state of every upload. Each write is one conditional put of a change that `transition` allows, on the
 * version that was read. After a conflict the record must be read again. Methods throw what the table throws, because
 * nothing may be sent without a ledger.
 */
export interface Ledger {
  /** Claims the upload, or returns the existing record. On the happy path this is one write and no read. */
  claim(claim: EventOf<'claim'>, seen?: LedgerRecord): Promise<Claim>;
  /** Records the upload as waiting without a claim, or returns the existing record. */
  postpone(postponed: EventOf<'postponed'>, seen?: LedgerRecord): Promise<Claim>;
  /** Records that the upload may have been sent before the table was restored, or returns the existing record. */
  doubt(doubted: EventOf<'doubted'>, seen?: LedgerRecord): Promise<Claim>;
  /**
   * Writes a verdict of the malware scan into the record, in any state. Nothing is written if the record has a later
   * verdict.
   */
  scan(scanned: EventOf<'scanned' | 'unscanned'>, seen?: LedgerRecord): Promise<Claim>;
  /**
   * `conflict` when the record has changed, or does not allow the event; then nothing was written.
   * @param writeId the same for every repetition of a write whose response may have been lost: it recognises itself
   */
  apply(
    seen: LedgerRecord,
    event: LedgerEvent,
    writeId?: string,
  ): Promise<{ readonly record: LedgerRecord } | 'conflict'>;
  read(id: string): Promise<LedgerEntry | undefined>;
  /** The existing records of these ids; unknown uploads are absent. */
  readMany(ids: readonly string[]): Promise<ReadonlyMap<string, LedgerEntry>>;
  /**
   * Expired leases or held files, oldest first; rejected files newest first, because they are a history. Reads pages of
   * `limit`, so the cost depends on what is read, not on the length of the list. The index may lag, so each record is
   * read from the table and left out if it is no longer in the list.
   * @param upTo nothing later than this, in milliseconds; leases are never read beyond now
   */
  work(queue: WorkQueue, limit: number, upTo?: number): AsyncGenerator<LedgerEntry, void, undefined>;
  /** The entries of a list, from the index alone. For a long list: the newest, at least 1,000. */
  queued(queue: WorkQueue): Promise<readonly QueuedFile[]>;
  /**
   * The files that wait in a lane, by due time, whether due or not. Ids and facts come from the index, which may lag
   * behind the records.
   */
  filesInLane(integrationId: string, part: LanePart, limit: number, after?: PageKey): Promise<LanePage>;
  /**
   * In order of arrival. `idsOfTarget` has the same order but reads no records, so some of them may no longer exist.
   */
  ofTarget(target: Pick<Target, 'kind' | 'id'>): AsyncGenerator<LedgerEntry, void, undefined>;
  idsOfTarget(target: Pick<Target, 'kind' | 'id'>): AsyncGenerator<string, void, undefined>;
  forget(seen: LedgerEntry): Promise<'forgotten' | 'conflict'>;
  /** A page of all uploads, in no order. Reads the whole table, so only an operator's request uses it. */
  everything(limit: number, after?: string): Promise<EntryPage>;
  /**
   * Writes the record again unchanged, so that its outcome event is sent again. Only the version increases. `conflict`
   * when the record has changed.
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
  /** When it was held or rejected, which is its place in the list. */
  readonly at: number;
  readonly code?: string;
}

/** One file that waits in a lane. Times are milliseconds since the epoch. */
export interface LaneEntry {
  readonly id: string;
  readonly dueAt: number;
  /** True when it may have been delivered: then its target is checked. Otherwise it is sent. */
  readonly isUnknown: boolean;
  /** When the upload first arrived. */
  readonly firstAt?: number;
}

export interface LanePage {
  readonly entries: readonly LaneEntry[];
  readonly next?: PageKey;
}

/** `written`: the record after the event. Otherwise the record does not allow the event, and nothing was changed. */
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
        // The record was erased in the meantime. A new event may create it again; a caller with an old listing must
        // not.
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

  const apply: Ledger['apply'] = async (seen, event, writeId = uuid()) => {
    const next = transition(seen, event, clock.now(), writeId);
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
    // The SDK retries a delete whose response was lost. The retry then conflicts, although the first one succeeded.
    return (await table.get(seen.id)) ? 'conflict' : 'forgotten';
  };

  const everything: Ledger['everything'] = async (limit, after) => {
    const { items, next } = await table.scan(limit, after);
    // Skips the items of lanes and of the sweep.
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
