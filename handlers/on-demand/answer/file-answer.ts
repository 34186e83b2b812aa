import type { FailureDetail } from '../../../lib/failures/failures.ts';
import { type FailureCode, failures } from '../../../lib/failures/failures.ts';
import type { Known } from '../../../lib/ledger/ledger.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import type { Outcome } from '../../../lib/outcome.ts';
import { type Target, targetKey } from '../../../lib/upload/target.ts';
import { parseUploadId } from '../../../lib/upload/upload.ts';

/**
 * One file as an answer shows it. Goes to a person who may see the bucket, so the key stands in full; it is not for logs.
 * Times are ISO texts.
 */
export type FileAnswer = { readonly status: string; readonly key?: string } & Readonly<Record<string, unknown>>;

/** What just became of a file. */
export const fileOfOutcome = (outcome: Outcome): FileAnswer => {
  if (outcome.status === 'ignored') return { status: 'ignored', reason: outcome.reason };
  const { upload, target, attempt, status } = outcome;
  return {
    key: upload.key,
    status: status === 'unchanged' ? outcome.as : status,
    ...(status === 'unchanged' && { unchanged: true }),
    ...targetOf(target),
    ...('attachedAt' in outcome && { attachedAt: outcome.attachedAt.toISOString() }),
    ...('warnings' in outcome && outcome.warnings.length > 0 && { warnings: outcome.warnings }),
    ...('failure' in outcome && outcome.failure && failureOf(outcome.failure)),
    ...('dueAt' in outcome && outcome.dueAt && { dueAt: outcome.dueAt.toISOString() }),
    attempts: attempt,
    etag: upload.etag,
  };
};

/** What the ledger knows of a file. */
export const fileOfRecord = (known: Known): FileAnswer => {
  if (known.readable) return ofRecord(known.record);
  const upload = parseUploadId(known.id);
  const { meaning, nextStep } = failures.RECORD_UNREADABLE;
  return {
    key: upload?.key ?? known.id,
    status: 'held',
    code: 'RECORD_UNREADABLE',
    meaning,
    detail: known.reason,
    nextStep,
    ...(upload && { etag: upload.etag }),
  };
};

const ofRecord = ({ upload, target, state, attempts, createdAt, updatedAt, sent, note }: LedgerRecord): FileAnswer => ({
  key: upload.key,
  status: state.status,
  ...targetOf(target),
  ...(state.status === 'attached' && {
    attachedAt: iso(state.attachedAt),
    knownBy: evidence[state.evidence],
    ...(state.warnings.length > 0 && { warnings: state.warnings }),
  }),
  ...('failure' in state && failureOf(state.failure)),
  ...('dueAt' in state && { dueAt: iso(state.dueAt) }),
  ...(state.status === 'held' && {
    heldSince: iso(state.heldAt),
    ...(state.mayBeDelivered && { mayBeDelivered: true }),
    ...(state.pausedBy !== undefined && { pausedBy: state.pausedBy }),
  }),
  ...(state.status === 'sending' && { leaseUntil: iso(state.leaseUntil) }),
  ...(sent && { sentAs: sent }),
  attempts,
  firstSeenAt: iso(createdAt),
  lastChangeAt: iso(updatedAt),
  ...(note && { lastOperator: { action: note.action, reason: note.reason, at: iso(note.at) } }),
  etag: upload.etag,
  ...(upload.versionId !== undefined && { versionId: upload.versionId }),
});

const evidence = {
  answer: "Kombo's answer",
  'read-back': "Kombo's list of the target's files",
  operator: 'the word of a person',
} as const;

const targetOf = (target: Target | undefined) =>
  target ? { target: targetKey(target), integration: target.integrationId } : {};

const failureOf = ({ code, detail, unlistedCode, komboMessage, logUrl }: FailureDetail) => ({
  code,
  meaning: failures[code].meaning,
  detail,
  nextStep: failures[code].nextStep,
  ...(unlistedCode !== undefined && { unlistedCode }),
  ...(komboMessage !== undefined && { komboMessage }),
  ...(logUrl !== undefined && { logUrl }),
});

/** How one file is, as a sentence. */
export const sentenceOf = ({ status, ...file }: FileAnswer): string => {
  const target = typeof file.target === 'string' ? ` ${file.target.replace('/', ' ')}` : '';
  switch (status) {
    case 'attached':
      return `It is attached to${target}, since ${String(file.attachedAt)}.`;
    case 'already-attached':
      return `It has been attached to${target} since ${String(file.attachedAt)}; nothing was sent.`;
    case 'sending':
      return 'It is being sent at this moment.';
    case 'retrying':
      return `It is not delivered, and tried again by itself from ${String(file.dueAt)}. ${advice(file.code)}`;
    case 'unknown':
      return `It may have been delivered; the target is looked at by itself from ${String(file.dueAt)}.`;
    case 'held':
      return `It is held: a person must act. ${advice(file.code)}`;
    case 'rejected':
      return `It is rejected: this file or key is wrong. ${advice(file.code)}`;
    case 'superseded':
      return `It was not sent, for the object is no longer there. ${advice(file.code)}`;
    default:
      return typeof file.reason === 'string' ? file.reason : `It is ${status}.`;
  }
};

const advice = (code: unknown): string => {
  if (typeof code !== 'string' || !Object.hasOwn(failures, code)) return '';
  const { meaning, nextStep } = failures[code as FailureCode];
  return `${code}: ${meaning} ${nextStep}`;
};

const iso = (moment: number): string => new Date(moment).toISOString();
