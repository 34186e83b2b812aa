import type { IncomingMessage } from 'node:http';
import type { CallKind } from '../api/calls.ts';

/** The record of a request, without its body, query and API key. */
export interface RequestRecord {
  readonly id: number;
  readonly atMs: number;
  readonly method: string;
  readonly path: string;
  /** A download is a request for a link from a listing. */
  readonly call: CallKind | 'download' | 'unknown';
  readonly integrationId: string | null;
  /** The declared length; null for a chunked body or none. */
  readonly contentLengthBytes: number | null;
  /** The number of bytes of the body that the emulator has read. */
  readonly receivedBytes: number;
  /** Whether the last byte of the body has arrived: only then can the file be delivered. */
  readonly bodyComplete: boolean;
  /** Null when no answer was started. */
  readonly status: number | null;
  readonly code: string | null;
  readonly faults: readonly string[];
  readonly stored: boolean;
  /** True until its connection and its processing have both ended. */
  readonly open: boolean;
  readonly durationMs: number | null;
}

/** A record during its request. */
export type OpenRecord = { -readonly [Field in keyof RequestRecord]: RequestRecord[Field] };

export interface RequestCounters {
  readonly total: number;
  /** POSTs whose last byte arrived, and POSTs that ended before it. */
  readonly completePosts: number;
  readonly incompletePosts: number;
  readonly stored: number;
  readonly byCall: Readonly<Record<string, number>>;
  /** `none` counts requests that ended without an answer. */
  readonly byStatus: Readonly<Record<string, number>>;
  readonly byCode: Readonly<Record<string, number>>;
}

export interface RequestLog {
  open(incoming: IncomingMessage, call: CallKind | 'download' | undefined): OpenRecord;
  /** Ends and counts a record, when its connection and its processing have both ended. */
  close(record: OpenRecord, incoming: IncomingMessage): void;
  /** The last 1,000 records, newest last. */
  recent(): readonly RequestRecord[];
  find(id: number): RequestRecord | undefined;
  /** Counts of requests that have ended. */
  counters(): RequestCounters;
  /** Deletes everything. Requests in progress are never counted afterwards. */
  reset(): void;
}

const keptRecords = 1000;
const maxPathLength = 200;

export const createRequestLog = (clock: () => number): RequestLog => {
  let records: OpenRecord[] = [];
  let counts = noCounts();
  let lastId = 0;

  return {
    open(incoming, call) {
      lastId += 1;
      const { 'content-length': contentLength, 'x-integration-id': integrationId } = incoming.headers;
      const record: OpenRecord = {
        id: lastId,
        atMs: clock(),
        method: incoming.method ?? '',
        path: (incoming.url ?? '').replace(/\?.*$/s, '').slice(0, maxPathLength),
        call: call ?? 'unknown',
        integrationId: typeof integrationId === 'string' ? integrationId : null,
        contentLengthBytes: contentLength === undefined ? null : Number(contentLength),
        receivedBytes: 0,
        bodyComplete: false,
        status: null,
        code: null,
        faults: [],
        stored: false,
        open: true,
        durationMs: null,
      };
      records.push(record);
      if (records.length > keptRecords) records.shift();
      return record;
    },
    close(record, incoming) {
      if (!record.open) return;
      record.open = false;
      record.bodyComplete ||= incoming.complete;
      record.durationMs = clock() - record.atMs;
      counts.total += 1;
      if (record.stored) counts.stored += 1;
      if (record.call === 'post') counts[record.bodyComplete ? 'completePosts' : 'incompletePosts'] += 1;
      increase(counts.byCall, record.call);
      increase(counts.byStatus, String(record.status ?? 'none'));
      if (record.code !== null) increase(counts.byCode, record.code);
    },
    recent: () => records.map((record) => ({ ...record })),
    find: (id) => records.find((record) => record.id === id),
    counters: () => structuredClone(counts),
    reset() {
      for (const record of records) record.open = false;
      records = [];
      counts = noCounts();
    },
  };
};

const noCounts = () => ({
  total: 0,
  completePosts: 0,
  incompletePosts: 0,
  stored: 0,
  byCall: {} as Record<string, number>,
  byStatus: {} as Record<string, number>,
  byCode: {} as Record<string, number>,
});

const increase = (counts: Record<string, number>, key: string) => {
  counts[key] = (counts[key] ?? 0) + 1;
};
