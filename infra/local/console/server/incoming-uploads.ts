import { type Row, rowId } from './row.ts';

/** A file that is being uploaded or has just arrived: it has no ledger record yet. */
interface Incoming {
  readonly row: Row;
  /** `bucket/key#etag`, known once S3 has the last byte. */
  readonly uploadId?: string;
}

export interface OpenUpload {
  received(bytes: number): void;
  stored(uploadId: string): void;
  broken(sentence: string): void;
}

export interface IncomingUploads {
  open(upload: { readonly key: string; readonly target: string; readonly sizeBytes: number }): OpenUpload;
  /** S3 has sent the event of an object to the function, no matter which program uploaded the object. */
  dispatched(uploadId: string, key: string, sizeBytes: number | undefined): void;
  /** The function failed permanently on an event. */
  failed(uploadId: string, reason: string): void;
  /** The function has handled an event. Without a ledger record afterwards, it ignored the event. */
  done(uploadId: string): void;
  /** Returns the rows of uploads without a ledger record, and forgets those that now have one. */
  rows(inLedger: (uploadId: string) => boolean): readonly Row[];
  /** The id and start time of the temporary row of an upload through the console. */
  originOf(uploadId: string): Pick<Row, 'id' | 'atMs'> | undefined;
}

/** How long a failed upload stays on the page; the bucket has no trace of it. */
const keptBrokenMs = 10 * 60_000;
/** Allows for a ledger scan that started before the function ended. */
const keptDoneMs = 2_000;

export const incomingUploads = (nowMs: () => number): IncomingUploads => {
  const byId = new Map<string, Incoming & { readonly endsAtMs?: number }>();
  const origins = new Map<string, Pick<Row, 'id' | 'atMs'>>();
  let lastNumber = 0;

  const change = (
    id: string,
    next: Partial<Row>,
    rest: { readonly uploadId?: string; readonly endsAtMs?: number } = {},
  ) => {
    const before = byId.get(id);
    if (before) byId.set(id, { ...before, ...rest, row: { ...before.row, ...next } });
  };

  const failure = (meaning: string, detail: string, nextStep: string) => ({
    code: 'NOT_STARTED',
    meaning,
    detail,
    nextStep,
  });

  return {
    open({ key, target, sizeBytes }) {
      lastNumber += 1;
      const id = `up-${lastNumber}`;
      const atMs = nowMs();
      const row = { ...emptyRow(id, key, atMs), target, sizeBytes };
      byId.set(id, { row: { ...row, state: 'uploading', progress: { doneBytes: 0, totalBytes: sizeBytes } } });
      let doneBytes = 0;
      return {
        received(bytes) {
          doneBytes += bytes;
          change(id, { progress: { doneBytes, totalBytes: sizeBytes } });
        },
        stored(uploadId) {
          origins.set(uploadId, { id, atMs });
          byId.delete(id);
          const known = byId.get(rowId(uploadId));
          if (known) change(rowId(uploadId), { replaces: id, atMs });
        },
        broken(sentence) {
          const why = failure('The file did not reach the bucket.', sentence, 'Drop it again.');
          const broken = { ...row, state: 'not-uploaded', changedAtMs: nowMs(), failure: why } as const;
          byId.set(id, { row: broken, endsAtMs: nowMs() + keptBrokenMs });
        },
      };
    },
    dispatched(uploadId, key, sizeBytes) {
      const id = rowId(uploadId);
      const atMs = nowMs();
      byId.set(id, {
        uploadId,
        row: { ...emptyRow(id, key, atMs), ...(sizeBytes !== undefined && { sizeBytes }) },
      });
    },
    failed(uploadId, reason) {
      const nextStep = 'Read the log of on-upload. On AWS the event now waits in the failure queue.';
      change(rowId(uploadId), {
        state: 'failed',
        changedAtMs: nowMs(),
        failure: failure('The function failed on every attempt.', reason, nextStep),
      });
    },
    done(uploadId) {
      change(rowId(uploadId), {}, { endsAtMs: nowMs() + keptDoneMs });
    },
    rows(inLedger) {
      const now = nowMs();
      for (const [id, { uploadId, endsAtMs = Number.POSITIVE_INFINITY }] of byId) {
        if (endsAtMs < now || (uploadId !== undefined && inLedger(uploadId))) byId.delete(id);
      }
      return [...byId.values()].map(({ row }) => row);
    },
    originOf: (uploadId) => origins.get(uploadId),
  };
};

const emptyRow = (id: string, key: string, atMs: number): Row => ({
  id,
  key,
  state: 'uploaded',
  atMs,
  changedAtMs: atMs,
  attempt: 0,
  warnings: [],
});
