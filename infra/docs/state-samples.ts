import type { FailureDetail } from '../../lib/failures/failures.ts';
import type { LedgerRecord, State, Status } from '../../lib/ledger/record.ts';
import type { LedgerEvent, LedgerEventKind } from '../../lib/ledger/transition.ts';

/** The moment of every example; a lease that ends now has ended. */
export const sampleNow = Date.UTC(2026, 0, 5, 9);

const at = sampleNow;
const scope = 'greenhouse:example';
const upload = { bucket: 'bucket', key: 'key', etag: 'etag', versionId: 'old' };
const failureOf = (code: FailureDetail['code']): FailureDetail => ({ code, detail: '' });
const lost = failureOf('ANSWER_LOST');

interface SampleState {
  readonly label: string;
  readonly state: State;
}

/** Every status, and the shapes of it that some event tells apart. A new status does not compile until it is here. */
export const sampleStates: { readonly [S in Status]: readonly SampleState[] } = {
  sending: [{ label: 'sending', state: { status: 'sending', owner: 'owner', leaseUntil: at } }],
  attached: [{ label: 'attached', state: { status: 'attached', attachedAt: at, warnings: [], evidence: 'answer' } }],
  retrying: [{ label: 'retrying', state: { status: 'retrying', dueAt: at, failure: lost } }],
  unknown: [{ label: 'unknown', state: { status: 'unknown', dueAt: at, failure: lost, misses: 0, failedReadings: 0 } }],
  held: [
    { label: 'held for a fault', state: { status: 'held', heldAt: at, failure: lost, mayBeDelivered: false } },
    {
      label: 'held by a pause',
      state: { status: 'held', heldAt: at, failure: lost, mayBeDelivered: false, pausedBy: scope },
    },
    {
      label: 'held, may be delivered',
      state: { status: 'held', heldAt: at, failure: lost, mayBeDelivered: true },
    },
    {
      label: 'held by a pause, may be delivered',
      state: { status: 'held', heldAt: at, failure: lost, mayBeDelivered: true, pausedBy: scope },
    },
    {
      label: 'held by the malware scan',
      state: { status: 'held', heldAt: at, failure: failureOf('SCAN_FAILED'), mayBeDelivered: false },
    },
  ],
  rejected: [{ label: 'rejected', state: { status: 'rejected', rejectedAt: at, failure: failureOf('FILE_EMPTY') } }],
  superseded: [
    { label: 'superseded', state: { status: 'superseded', supersededAt: at, failure: failureOf('OBJECT_DELETED') } },
  ],
};

export const recordIn = (state: State): LedgerRecord => ({
  upload,
  state,
  attempts: 1,
  tries: 1,
  triesSince: at,
  createdAt: at,
  updatedAt: at,
  version: 1,
  writeId: 'write',
});

export interface SampleEvent {
  readonly label: string;
  readonly event: LedgerEvent;
}

const claim = { kind: 'claim', upload, owner: 'owner', leaseUntil: at + 1 } as const;
const failed = { kind: 'failed', owner: 'owner', failure: lost, dueAt: at } as const;
const reason = 'A reason.';

/** Every event, in the order in which things happen; a special form of one stands behind the plain one. */
export const sampleEvents: { readonly [K in LedgerEventKind]: readonly SampleEvent[] } = {
  claim: [
    { label: 'claim', event: claim },
    { label: 'claim after a new upload', event: { ...claim, upload: { ...upload, versionId: 'new' } } },
    { label: 'claim after a clean scan', event: { ...claim, scannedClean: true } },
  ],
  delivered: [
    {
      label: 'delivered',
      event: {
        kind: 'delivered',
        owner: 'owner',
        warnings: [],
        sent: { name: 'name', type: 'CV', contentType: 'text/plain' },
      },
    },
  ],
  failed: [
    { label: 'not delivered', event: { ...failed, as: 'retrying' } },
    { label: 'answer lost', event: { ...failed, as: 'unknown' } },
    { label: 'a person must act', event: { ...failed, as: 'held' } },
    { label: 'file or key is wrong', event: { ...failed, as: 'rejected' } },
    { label: 'object gone or replaced', event: { ...failed, as: 'superseded' } },
  ],
  'lease-expired': [{ label: 'lease ended', event: { kind: 'lease-expired', dueAt: at } }],
  found: [{ label: 'found at the target', event: { kind: 'found' } }],
  missed: [
    { label: 'not found', event: { kind: 'missed', dueAt: at, final: false } },
    { label: 'not found again, later', event: { kind: 'missed', dueAt: at, final: true } },
  ],
  unreadable: [{ label: 'target not readable', event: { kind: 'unreadable', dueAt: at, failure: lost } }],
  paused: [{ label: 'integration paused', event: { kind: 'paused', scope, failure: lost } }],
  undecidable: [{ label: 'cannot be decided', event: { kind: 'undecidable', failure: lost } }],
  barred: [{ label: 'malware scan objects', event: { kind: 'barred', failure: lost } }],
  released: [{ label: 'pause ended', event: { kind: 'released', scope, dueAt: at } }],
  retry: [{ label: 'retry', event: { kind: 'retry', reason } }],
  resend: [{ label: 'resend', event: { kind: 'resend', reason } }],
  resolve: [{ label: 'resolve', event: { kind: 'resolve', reason } }],
};
