import { isObject } from '../../../../lib/json.ts';
import type { LedgerRecord } from '../../../../lib/ledger/record.ts';
import { parseUploadId, publicUploadId, uploadId } from '../../../../lib/upload/upload.ts';
import type { Dispatch } from '../../aws/events/bucket-trigger.ts';
import type { BusEvent } from '../../aws/pipes/pipe.ts';
import { reuseUnchanged } from './diff.ts';
import { type IncomingUploads, incomingUploads } from './incoming-uploads.ts';
import { type LedgerScan, ledgerScan, type ScannedRecord } from './ledger-scan.ts';
import type { ObservedStack } from './observed-stack.ts';
import { type Row, rowId, rowOfRecord } from './row.ts';
import { sendingProgress } from './sending-progress.ts';

/** The parts of the stack that the console reads. */
export type ObservedParts = Pick<ObservedStack, 'bucket' | 'table' | 'dynamodb' | 'kombo' | 'events'>;

/** Everything that the page shows, read from its source: the ledger, the emulator and the events of the stack. */
export interface ConsoleState {
  /** By id. An unchanged row is the same object as before. */
  readonly rows: ReadonlyMap<string, Row>;
  readonly records: ReadonlyMap<string, LedgerRecord>;
  readonly pauses: LedgerScan['pauses'];
  readonly uploads: IncomingUploads;
  /** Reads repeatedly until the returned function is called. Calls back after each reading, even without changes. */
  watch(onRead: () => void): () => void;
  /** Reads immediately, because something may have changed. */
  nudge(): void;
  close(): void;
}

/** A change must be visible within 300 ms; a reading takes another 20 ms. */
const busyEveryMs = 80;
const quietEveryMs = 200;

export const startConsoleState = ({ bucket, table, dynamodb, kombo, events }: ObservedParts): ConsoleState => {
  const scan = ledgerScan(dynamodb, table, bucket);
  const uploads = incomingUploads(Date.now);
  /** The detail of the last event of each upload, by its public id. */
  const told = new Map<string, string>();
  const watchers = new Set<() => void>();
  const reuseUnchangedRows = reuseUnchanged<Row>();
  let rows: ReadonlyMap<string, Row> = new Map();
  let records: ReadonlyMap<string, LedgerRecord> = new Map();
  let pauses: LedgerScan['pauses'] = [];
  let timer: NodeJS.Timeout | undefined;
  let reading = false;
  let nudged = false;
  let closed = false;

  const rowOf: typeof rowOfRecord = (record, ...rest) => {
    const event = told.get(publicUploadId(record.upload));
    return { ...rowOfRecord(record, ...rest), ...(event !== undefined && { event }) };
  };

  const readAll = async (): Promise<void> => {
    const { uploads: scanned, pauses: openPauses } = await scan();
    const seen = [...scanned];
    records = new Map(seen.flatMap(([id, each]) => (each.readable ? [[rowId(id), each.record] as const] : [])));
    const sending = [...records.values()].filter(({ state }) => state.status === 'sending');
    const posts =
      sending.length === 0 ? [] : kombo.requests.recent().filter(({ call, open }) => call === 'post' && open);
    const progress = sendingProgress(sending, posts);
    const inLedger = seen.map(([id, each]) => {
      const row = each.readable ? rowOf(each.record, progress.get(id), openPauses) : unreadableRow(id, each);
      const origin = uploads.originOf(id);
      return origin ? { ...row, replaces: origin.id, atMs: origin.atMs } : row;
    });
    const outside = uploads.rows((id) => scanned.has(id));
    rows = reuseUnchangedRows([...outside, ...inLedger]);
    pauses = openPauses;
  };

  const round = async (): Promise<void> => {
    if (reading || closed || watchers.size === 0) return;
    reading = true;
    nudged = false;
    const startedAt = performance.now();
    // If the table does not answer, the next round tries again; until then, the page shows the previous state.
    await readAll().catch(() => undefined);
    const tookMs = performance.now() - startedAt;
    reading = false;
    if (closed) return;
    for (const watcher of watchers) watcher();
    const busy = [...rows.values()].some(({ state }) => moving.has(state));
    // Scans of a large table must not keep the machine busy.
    const everyMs = nudged ? 0 : Math.max(busy ? busyEveryMs : quietEveryMs, 3 * tookMs);
    timer = setTimeout(() => void round(), everyMs);
  };

  const nudge = (): void => {
    nudged = true;
    if (reading) return;
    clearTimeout(timer);
    timer = setTimeout(() => void round(), 5);
  };

  const onDispatched = ({ object, result }: Dispatch): void => {
    // The event of a copied object has no ETag; its row appears when the ledger has a record.
    if (object.etag === undefined) return;
    const id = uploadId({ ...object, etag: object.etag });
    uploads.dispatched(id, object.key, object.sizeBytes);
    nudge();
    void result.then((ending) => {
      if (ending.ok) uploads.done(id);
      else uploads.failed(id, ending.error.errorMessage);
      nudge();
    });
  };
  const onOutcome = ({ detail }: BusEvent): void => {
    if (isObject(detail)) told.set(String(detail.upload), JSON.stringify(detail));
    nudge();
  };
  events.on('outcome', onOutcome);
  events.on('dispatched', onDispatched);
  // Each delivery ends with a log line.
  events.on('line', nudge);

  return {
    get rows() {
      return rows;
    },
    get records() {
      return records;
    },
    get pauses() {
      return pauses;
    },
    uploads,
    watch(onRead) {
      watchers.add(onRead);
      nudge();
      return () => watchers.delete(onRead);
    },
    nudge,
    close() {
      closed = true;
      clearTimeout(timer);
      events.off('outcome', onOutcome);
      events.off('dispatched', onDispatched);
      events.off('line', nudge);
    },
  };
};

const moving: ReadonlySet<Row['state']> = new Set(['uploading', 'uploaded', 'claimed', 'sending']);

const unreadableRow = (id: string, seen: Exclude<ScannedRecord, { readable: true }>): Row => ({
  id: rowId(id),
  key: parseUploadId(id)?.key ?? id,
  state: 'held',
  atMs: 0,
  changedAtMs: 0,
  attempt: 0,
  failure: { code: 'RECORD_UNREADABLE', detail: seen.reason },
  warnings: [],
});
