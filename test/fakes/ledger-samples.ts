import type { FailureDetail } from '../../lib/failures/failures.ts';
import type { LedgerRecord, State } from '../../lib/ledger/record.ts';
import type { Target } from '../../lib/upload/target.ts';
import type { Upload } from '../../lib/upload/upload.ts';

/** 5 January 2026, 09:00 UTC. */
export const nine = Date.UTC(2026, 0, 5, 9);
export const second = 1_000;
export const minute = 60_000;
export const hour = 3_600_000;
export const day = 86_400_000;

export const integrationId = 'greenhouse:8Xi6iZrwusZqJmDGXs49GBmJ';

export const upload: Upload = {
  bucket: 'cv-inbox',
  key: 'candidates/GRK123/Frank Doe CV.pdf',
  etag: '9b2cf535f27731c974343645a3985328',
  sizeBytes: 48_211,
  versionId: 'version-1',
};

export const target: Target = { kind: 'candidate', id: 'GRK123', integrationId };

export const answerLost: FailureDetail = {
  code: 'ANSWER_LOST',
  detail: 'The connection broke after the whole file was sent.',
};

/** A record in a state of your choice: claimed once, a minute ago. */
export const recordIn = (state: State, change: Partial<LedgerRecord> = {}): LedgerRecord => ({
  upload,
  target,
  attachmentType: 'CV',
  state,
  attempts: 1,
  attemptsSinceRelease: 1,
  attemptedAt: nine - minute,
  createdAt: nine - minute,
  updatedAt: nine - minute,
  version: 1,
  writeId: 'write-1',
  ...change,
});

const failure: FailureDetail = { code: 'KOMBO_UNREACHABLE', detail: 'No connection could be made (ECONNREFUSED).' };

/** One of each kind of state that at least one event treats differently. */
export const states = {
  sending: { status: 'sending', owner: 'owner-A', leaseUntil: nine + 6 * minute },
  expired: { status: 'sending', owner: 'owner-A', leaseUntil: nine },
  attached: { status: 'attached', attachedAt: nine - second, warnings: [], evidence: 'answer' },
  waiting: { status: 'waiting', dueAt: nine + minute, failure },
  due: { status: 'waiting', dueAt: nine, failure },
  unknown: {
    status: 'unknown',
    dueAt: nine + minute,
    failure: answerLost,
    absentLooks: 0,
    doubtfulLooks: 0,
    passingLooks: 0,
    unknownSince: nine - minute,
  },
  held: { status: 'held', heldAt: nine - second, failure, mayBeDelivered: false },
  doubtful: { status: 'held', heldAt: nine - second, failure: answerLost, mayBeDelivered: true },
  scanned: {
    status: 'held',
    heldAt: nine - second,
    failure: { code: 'SCAN_FAILED', detail: 'The scan failed.' },
    mayBeDelivered: false,
  },
  scandoubt: {
    status: 'held',
    heldAt: nine - second,
    failure: { code: 'SCAN_MISSING', detail: 'No verdict has come.' },
    mayBeDelivered: true,
  },
  rejected: {
    status: 'rejected',
    rejectedAt: nine - second,
    failure: { code: 'FILE_EMPTY', detail: 'The file has no bytes.' },
  },
  refused: {
    status: 'rejected',
    rejectedAt: nine - second,
    failure: { code: 'SCAN_FAILED', detail: 'The scan failed.' },
  },
  superseded: {
    status: 'superseded',
    supersededAt: nine - second,
    failure: { code: 'OBJECT_DELETED', detail: 'S3 answered NoSuchKey (HTTP 404).' },
  },
} as const satisfies Record<string, State>;

export type StateName = keyof typeof states;
