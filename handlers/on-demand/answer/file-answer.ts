import { type EventFailureCode, eventFailures } from '../../../lib/failures/event-failures.ts';
import { isScanCode } from '../../../lib/failures/failures.ts';
import type { LedgerEntry } from '../../../lib/ledger/ledger.ts';
import type { LedgerRecord, Sent } from '../../../lib/ledger/record.ts';
import type { Outcome } from '../../../lib/outcome.ts';
import { lookSentence } from '../../../lib/read-back/words.ts';
import { type Target, targetKey } from '../../../lib/upload/target.ts';
import { parseUploadId } from '../../../lib/upload/upload.ts';
import { type FailureFacts, failureFacts } from './failure-facts.ts';
import { listedFacts, type ScanFacts, scanFacts } from './scan-answer.ts';

export interface FileFacts extends ScanFacts {
  readonly key: string;
  readonly etag?: string;
  readonly versionId?: string;
  /** `candidate/<id>` or `application/<id>`. */
  readonly target?: string;
  readonly integration?: string;
  readonly attempts?: number;
  readonly sentAs?: Sent;
  readonly firstSeenAt?: string;
  readonly lastChangeAt?: string;
  /** The uploader's own id of this file, for an operator who must ask for another file. */
  readonly correlationId?: string;
  /** A sentence about what the latest check of the target showed. */
  readonly lastLook?: string;
  readonly lastOperator?: { readonly action: string; readonly reason: string; readonly at: string };
  /** An operator had it sent again, so the target may already have a copy. */
  readonly resent?: true;
  /** The request changed nothing. */
  readonly unchanged?: true;
}

/**
 * One file in an answer. Operators may see the bucket, so the key is complete; it must not be logged. Times are ISO
 * 8601.
 */
export type FileAnswer =
  | (FileFacts &
      /** The malware scan did not find it clean, and no operator has acknowledged that. */
      Partial<FailureFacts> & {
        readonly status: 'attached' | 'already-attached';
        readonly attachedAt: string;
        readonly knownBy?: string;
        readonly warnings?: readonly string[];
        readonly heldSince?: string;
      })
  | (FileFacts & { readonly status: 'sending'; readonly leaseUntil?: string })
  | (FileFacts &
      Partial<FailureFacts> & {
        readonly status: 'waiting' | 'unknown';
        readonly dueAt?: string;
        /** Set while its lane is paused: since when, why, and what ends the pause. */
        readonly paused?: string;
      })
  | (FileFacts &
      Partial<FailureFacts> & {
        readonly status: 'held' | 'rejected' | 'superseded';
        readonly heldSince?: string;
        readonly mayBeDelivered?: true;
        /** A second reason why it is held, besides the scan verdict. */
        readonly otherwise?: FailureFacts;
        /** The requests that decide about a held file. */
        readonly next?: readonly object[];
      })
  | { readonly status: 'ignored'; readonly reason: string }
  | {
      readonly status: 'refused';
      readonly code: EventFailureCode;
      readonly detail: string;
      readonly meaning: string;
      readonly nextStep: string;
    }
  /** The request named a key that could not be read. */
  | (FailureFacts & { readonly status: 'not there' | 'not read'; readonly key: string });

export const fileOfOutcome = (outcome: Outcome): FileAnswer => {
  if (outcome.status === 'ignored') return { status: 'ignored', reason: outcome.reason };
  if (outcome.status === 'refused') {
    const { meaning, nextStep } = eventFailures[outcome.code];
    return { ...outcome, meaning, nextStep };
  }
  const { upload, target, attempt, resent } = outcome;
  const { key } = upload;
  const facts = { ...targetFacts(target), attempts: attempt, ...(resent && { resent }), etag: upload.etag };
  switch (outcome.status) {
    case 'attached':
    case 'already-attached': {
      const warnings = 'warnings' in outcome ? outcome.warnings : [];
      const open = outcome.failure ?? ('openFailure' in outcome ? outcome.openFailure : undefined);
      return {
        key,
        status: outcome.status,
        ...facts,
        attachedAt: outcome.attachedAt.toISOString(),
        ...(open && failureFacts(open, 'held')),
        ...(warnings.length > 0 && { warnings }),
      };
    }
    case 'waiting':
    case 'unknown':
      return {
        key,
        status: outcome.status,
        ...facts,
        ...failureFacts(outcome.failure, outcome.status),
        dueAt: outcome.dueAt.toISOString(),
      };
    case 'held':
    case 'rejected':
    case 'superseded':
      return { key, status: outcome.status, ...facts, ...failureFacts(outcome.failure, outcome.status) };
    case 'unchanged': {
      const { as, failure, dueAt } = outcome;
      const due = dueAt?.toISOString();
      const unchanged = { ...facts, unchanged: true } as const;
      if (as === 'sending') return { key, status: as, ...unchanged, ...(due !== undefined && { leaseUntil: due }) };
      const why = failure ? failureFacts(failure, as) : {};
      if (as === 'waiting' || as === 'unknown') {
        return { key, status: as, ...unchanged, ...why, ...(due !== undefined && { dueAt: due }) };
      }
      return { key, status: as, ...unchanged, ...why };
    }
  }
};

export const fileOfRecord = (known: LedgerEntry): FileAnswer => {
  if (known.readable) return fileOfReadable(known.record);
  const upload = parseUploadId(known.id);
  return {
    key: upload?.key ?? known.id,
    status: 'held',
    ...failureFacts({ code: 'RECORD_UNREADABLE', detail: known.reason }, 'held'),
    ...(upload && { etag: upload.etag }),
  };
};

const fileOfReadable = (record: LedgerRecord): FileAnswer => {
  const { state } = record;
  const { key } = record.upload;
  const facts = { ...recordFacts(record), ...scanFacts(record) };
  switch (state.status) {
    case 'sending':
      return { key, status: 'sending', ...facts, leaseUntil: iso(state.leaseUntil) };
    case 'attached':
      return {
        key,
        status: 'attached',
        ...facts,
        attachedAt: iso(state.attachedAt),
        knownBy: evidence[state.evidence],
        ...listedFacts(record),
        ...(state.warnings.length > 0 && { warnings: state.warnings }),
      };
    case 'waiting':
    case 'unknown':
      return {
        key,
        status: state.status,
        ...facts,
        ...failureFacts(state.failure, state.status),
        dueAt: iso(state.dueAt),
      };
    case 'held':
      return {
        key,
        status: 'held',
        ...facts,
        ...failureFacts(state.failure, state.status),
        heldSince: iso(state.heldAt),
        ...(state.mayBeDelivered && { mayBeDelivered: true }),
        ...(state.otherwise && { otherwise: failureFacts(state.otherwise, state.status) }),
        next: decisionsAbout(record.upload, state),
      };
    case 'rejected':
    case 'superseded':
      return { key, status: state.status, ...facts, ...failureFacts(state.failure, state.status) };
  }
};

/** Of a file that only the scan holds, a clean verdict decides, or an operator who reads what was found. */
const decisionsAbout = (
  { key, etag }: LedgerRecord['upload'],
  { failure, mayBeDelivered }: Extract<LedgerRecord['state'], { status: 'held' }>,
): readonly object[] => {
  const about = { key, etag, reason: '...' };
  return [
    ...(isScanCode(failure.code) ? [] : [{ action: 'retry', ...about }]),
    { action: 'resolve', ...about },
    ...(mayBeDelivered && !isScanCode(failure.code) ? [{ action: 'resend', force: true, ...about }] : []),
  ];
};

const recordFacts = ({
  upload,
  target,
  attempts,
  createdAt,
  updatedAt,
  sent,
  note,
  lastLook,
  correlationId,
  resentAt,
}: LedgerRecord): Omit<FileFacts, 'key'> => ({
  ...targetFacts(target),
  ...(sent && { sentAs: sent }),
  attempts,
  firstSeenAt: iso(createdAt),
  lastChangeAt: iso(updatedAt),
  ...(correlationId !== undefined && { correlationId }),
  ...(resentAt !== undefined && { resent: true }),
  ...(lastLook && { lastLook: lookSentence(lastLook) }),
  ...(note && { lastOperator: { action: note.action, reason: note.reason, at: iso(note.at) } }),
  etag: upload.etag,
  ...(upload.versionId !== undefined && { versionId: upload.versionId }),
});

const evidence = {
  answer: "Kombo's answer",
  'read-back': "Kombo's list of the target's files",
  operator: 'an operator',
  'same-bytes': 'an earlier upload of this key with the same bytes, which is attached',
} as const;

const targetFacts = (target: Target | undefined): Pick<FileFacts, 'target' | 'integration'> =>
  target ? { target: targetKey(target), integration: target.integrationId } : {};

const iso = (timestamp: number): string => new Date(timestamp).toISOString();
