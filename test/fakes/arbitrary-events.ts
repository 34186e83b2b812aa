import fc from 'fast-check';
import type { FailureDetail } from '../../lib/failures/failures.ts';
import { type ScanVerdict, scanCodes } from '../../lib/ledger/latest-verdict.ts';
import type { LedgerEvent, LedgerEventKind } from '../../lib/ledger/ledger-event.ts';
import type { LedgerRecord } from '../../lib/ledger/record.ts';
import { transition } from '../../lib/ledger/transition.ts';
import { hour, nine, target, upload } from './ledger-samples.ts';

const owner = fc.constantFrom('owner-A', 'owner-B');
const moment = fc.integer({ min: nine, max: nine + 48 * hour });
const reason = fc.constantFrom('The ATS is back.', 'I have looked.');
/** Not of the scan: its codes come from a verdict only. */
const failure: fc.Arbitrary<FailureDetail> = fc.record(
  {
    code: fc.constantFrom('ANSWER_LOST', 'KOMBO_UNREACHABLE', 'STORAGE_UNAVAILABLE', 'INTEGRATION_PAUSED'),
    detail: fc.constantFrom('The connection broke.', 'No connection could be made.'),
    komboMessage: fc.constantFrom('Something went wrong.', ''),
    logUrl: fc.constant('https://app.kombo.dev/acme-prod/logs?interactionId=1'),
  },
  { requiredKeys: ['code', 'detail'] },
);
const sent = fc.constant({ name: 'Frank Doe CV.pdf', type: 'CV', contentType: 'application/pdf' } as const);

const anyUpload = fc.constantFrom(
  upload,
  { ...upload, versionId: 'version-2' },
  { ...upload, sequencer: '0A', modifiedAt: nine },
  { ...upload, sequencer: '0B', modifiedAt: nine + 1_000 },
);
/** Restore times within the life, so that records exist from before and after each. */
const restored = fc.record({ since: fc.constant(nine - hour), at: moment });
const modifiedAt = fc.constantFrom(nine, nine + 1_000);

const cleanVerdict: fc.Arbitrary<ScanVerdict> = fc.record({ code: fc.constant('clean'), at: moment });
const verdict: fc.Arbitrary<ScanVerdict> = fc.record({ code: fc.constantFrom(...scanCodes), at: moment });

/** Any event of each kind; a kind that is not here does not compile. */
const events: { readonly [K in LedgerEventKind]: fc.Arbitrary<Extract<LedgerEvent, { kind: K }>> } = {
  claim: fc.record(
    {
      kind: fc.constant('claim'),
      upload: anyUpload,
      target: fc.constant(target),
      attachmentType: fc.constantFrom('CV', 'OTHER'),
      owner,
      leaseUntil: moment,
      verdict: cleanVerdict,
      early: fc.boolean(),
      backfill: fc.boolean(),
      restored,
    },
    { requiredKeys: ['kind', 'upload', 'owner', 'leaseUntil'] },
  ),
  doubted: fc.record(
    {
      kind: fc.constant('doubted'),
      upload: anyUpload,
      target: fc.constant(target),
      attachmentType: fc.constantFrom('CV', 'OTHER'),
      restored,
      verdict: cleanVerdict,
    },
    { requiredKeys: ['kind', 'upload', 'target', 'attachmentType', 'restored'] },
  ),
  postponed: fc.record(
    {
      kind: fc.constant('postponed'),
      upload: anyUpload,
      target: fc.constant(target),
      attachmentType: fc.constantFrom('CV', 'OTHER'),
      failure,
      dueAt: moment,
      verdict: cleanVerdict,
      backfill: fc.boolean(),
    },
    { requiredKeys: ['kind', 'upload', 'target', 'attachmentType', 'failure', 'dueAt'] },
  ),
  delivered: fc.record({
    kind: fc.constant('delivered'),
    owner,
    warnings: fc.constantFrom([], ['Stored as other.']),
    sent,
    modifiedAt,
  }),
  failed: fc.record(
    {
      kind: fc.constant('failed'),
      owner,
      as: fc.constantFrom('waiting', 'unknown', 'held', 'rejected', 'superseded'),
      failure,
      dueAt: moment,
      sent,
      modifiedAt,
    },
    { requiredKeys: ['kind', 'owner', 'as', 'failure', 'dueAt'] },
  ),
  'same-bytes': fc.record({ kind: fc.constant('same-bytes'), owner, attachedAt: moment }),
  'delivered-late': fc.record({
    kind: fc.constant('delivered-late'),
    attempt: fc.integer({ min: 1, max: 4 }),
    warnings: fc.constant([]),
    sent,
  }),
  'lease-expired': fc.record({ kind: fc.constant('lease-expired'), dueAt: moment }),
  found: fc.constant({ kind: 'found' }),
  looked: fc.record({
    kind: fc.constant('looked'),
    counts: fc.constantFrom('absent', 'doubtful', 'passing'),
    dueAt: moment,
  }),
  absent: fc.record({ kind: fc.constant('absent'), dueAt: moment }),
  undecidable: fc.record({ kind: fc.constant('undecidable'), failure }),
  scanned: fc.record(
    { kind: fc.constant('scanned'), upload: anyUpload, target: fc.constant(target), verdict, restored },
    { requiredKeys: ['kind', 'upload', 'target', 'verdict'] },
  ),
  unscanned: fc.record(
    { kind: fc.constant('unscanned'), upload: anyUpload, target: fc.constant(target), restored },
    { requiredKeys: ['kind', 'upload', 'target'] },
  ),
  retry: fc.record(
    { kind: fc.constant('retry'), reason, target: fc.constant(target), restored },
    { requiredKeys: ['kind', 'reason', 'target'] },
  ),
  resend: fc.record({ kind: fc.constant('resend'), reason, target: fc.constant(target) }),
  resolve: fc.record({ kind: fc.constant('resolve'), reason }),
};

const anyEvent: fc.Arbitrary<LedgerEvent> = fc.oneof(...Object.values(events));

/** A life: events and the time between them. Leases end within some of these times and outlast others. */
export const anyLife: fc.Arbitrary<readonly { readonly event: LedgerEvent; readonly afterMs: number }[]> = fc.array(
  fc.record({ event: anyEvent, afterMs: fc.integer({ min: 0, max: 3 * hour }) }),
  { minLength: 1, maxLength: 40 },
);

export interface Step {
  readonly before: LedgerRecord | undefined;
  readonly event: LedgerEvent;
  readonly after: LedgerRecord;
  readonly now: number;
  readonly writeId: string;
}

/** A key without a target is settled without a call to Kombo, so its file never waits and its outcome is never unknown. */
const isPossible = (before: LedgerRecord | undefined, event: LedgerEvent): boolean =>
  before === undefined ||
  before.target !== undefined ||
  !(event.kind === 'delivered' || (event.kind === 'failed' && (event.as === 'waiting' || event.as === 'unknown')));

/** The steps of a life that were not refused. */
export const stepsOf = (
  life: readonly { readonly event: LedgerEvent; readonly afterMs: number }[],
): readonly Step[] => {
  const steps: Step[] = [];
  let now = nine;
  for (const [index, { event, afterMs }] of life.entries()) {
    now += afterMs;
    const before = steps.at(-1)?.after;
    const writeId = `write-${index}`;
    const after = isPossible(before, event) ? transition(before, event, now, writeId) : undefined;
    if (after) steps.push({ before, event, after, now, writeId });
  }
  return steps;
};
