import type { LedgerRecord } from '../../../../lib/ledger/record.ts';
import { uploadId } from '../../../../lib/upload/upload.ts';
import type { Dispatch } from '../../aws/events/bucket-trigger.ts';
import { stable } from './diff.ts';
import { type IncomingUploads, incomingUploads } from './incoming-uploads.ts';
import { type LedgerSight, ledgerScan, type Seen } from './ledger-scan.ts';
import type { ObservedStack } from './observed-stack.ts';
import { type Row, rowId, rowOfRecord } from './row.ts';
import { sendingProgress } from './sending-progress.ts';

/** The parts of the stack that the console looks at. */
export type BoardParts = Pick<ObservedStack, 'bucket' | 'table' | 'dynamodb' | 'kombo' | 'events'>;

/** Everything that the page shows, read from where it is true: the ledger, the emulator, the S3 of the stack. */
export interface Board {
  /** By id. A row that has not changed is the same object as before. */
  readonly rows: ReadonlyMap<string, Row>;
  readonly records: ReadonlyMap<string, LedgerRecord>;
  readonly pauses: LedgerSight['pauses'];
  readonly uploads: IncomingUploads;
  /** Looks, and goes on looking until the returned function is called. Calls back after each look, changed or not. */
  watch(onLook: () => void): () => void;
  /** Something happened: look at once. */
  nudge(): void;
  close(): void;
}

/** The row of a change must show within 300 ms; on top of this comes the time of a look, some 20 ms. */
const busyEveryMs = 80;
const quietEveryMs = 200;

export const startBoard = ({ bucket, table, dynamodb, kombo, events }: BoardParts): Board => {
  const scan = ledgerScan(dynamodb, table, bucket);
  const uploads = incomingUploads(Date.now);
  const watchers = new Set<() => void>();
  const settleRows = stable<Row>();
  let rows: ReadonlyMap<string, Row> = new Map();
  let records: ReadonlyMap<string, LedgerRecord> = new Map();
  let pauses: LedgerSight['pauses'] = [];
  let timer: NodeJS.Timeout | undefined;
  let looking = false;
  let nudged = false;
  let closed = false;

  const look = async (): Promise<void> => {
    const sight = await scan();
    const seen = [...sight.uploads];
    records = new Map(seen.flatMap(([id, each]) => (each.readable ? [[rowId(id), each.record] as const] : [])));
    const sending = [...records.values()].filter(({ state }) => state.status === 'sending');
    const posts =
      sending.length === 0 ? [] : kombo.requests.recent().filter(({ call, open }) => call === 'post' && open);
    const progress = sendingProgress(sending, posts);
    const inLedger = seen.map(([id, each]) => {
      const row = each.readable ? rowOfRecord(each.record, progress.get(id)) : unreadableRow(id, each);
      const origin = uploads.originOf(id);
      return origin ? { ...row, replaces: origin.id, atMs: origin.atMs } : row;
    });
    const outside = uploads.rows((id) => sight.uploads.has(id));
    rows = settleRows([...outside, ...inLedger]);
    pauses = sight.pauses;
  };

  const round = async (): Promise<void> => {
    if (looking || closed || watchers.size === 0) return;
    looking = true;
    nudged = false;
    const beganAt = performance.now();
    // A table that does not answer for a moment is asked again; the page goes on showing what was true.
    await look().catch(() => undefined);
    const tookMs = performance.now() - beganAt;
    looking = false;
    if (closed) return;
    for (const watcher of watchers) watcher();
    const busy = [...rows.values()].some(({ state }) => moving.has(state));
    // A large table must not keep the machine busy with looking.
    const everyMs = nudged ? 0 : Math.max(busy ? busyEveryMs : quietEveryMs, 3 * tookMs);
    timer = setTimeout(() => void round(), everyMs);
  };

  const nudge = (): void => {
    nudged = true;
    if (looking) return;
    clearTimeout(timer);
    timer = setTimeout(() => void round(), 5);
  };

  const onDispatched = ({ object, settled }: Dispatch): void => {
    // A copy has no tag in its event; the ledger will show it.
    if (object.etag === undefined) return;
    const id = uploadId({ ...object, etag: object.etag });
    uploads.dispatched(id, object.key, object.sizeBytes);
    nudge();
    void settled.then((result) => {
      if (result.ok) uploads.done(id);
      else uploads.failed(id, result.error.errorMessage);
      nudge();
    });
  };
  events.on('dispatched', onDispatched);
  // Each delivery ends with a line in a log.
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
    watch(onLook) {
      watchers.add(onLook);
      nudge();
      return () => watchers.delete(onLook);
    },
    nudge,
    close() {
      closed = true;
      clearTimeout(timer);
      events.off('dispatched', onDispatched);
      events.off('line', nudge);
    },
  };
};

const moving: ReadonlySet<Row['state']> = new Set(['uploading', 'uploaded', 'claimed', 'sending']);

const unreadableRow = (id: string, seen: Exclude<Seen, { readable: true }>): Row => ({
  id: rowId(id),
  key: id.slice(id.indexOf('/') + 1, id.lastIndexOf('#')),
  state: 'held',
  atMs: 0,
  changedAtMs: 0,
  attempt: 0,
  failure: { code: 'RECORD_UNREADABLE', detail: seen.reason },
  warnings: [],
});
