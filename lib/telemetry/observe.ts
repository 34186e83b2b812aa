import { becauseOf, nextStepInLog } from '../failures/advice.ts';
import { eventFailures } from '../failures/event-failures.ts';
import type { FailureCode, FailureDetail } from '../failures/failures.ts';
import type { KeyTemplate } from '../key-template/match-key.ts';
import type { Measures, Outcome } from '../outcome.ts';
import { maskId, maskIntegrationId, maskKey } from '../telemetry/mask-key.ts';
import { parseUploadId, type Upload } from '../upload/upload.ts';
import { type Measure, type MetricName, type MetricValues, noIntegration } from './metrics.ts';

export interface Log {
  info(message: string, fields: Record<string, unknown>): void;
  warn(message: string, fields: Record<string, unknown>): void;
  error(message: string, fields: Record<string, unknown>): void;
}

/**
 * Writes one log line and its metrics per outcome. The line contains what an operator needs to find the upload, and
 * nothing that identifies the candidate: in the key only ids in Kombo's form are shown, Kombo's message stays in the
 * ledger, and warnings are only counted.
 */
export const observer =
  (log: Log, measure: Measure, templates: readonly KeyTemplate[]) =>
  (outcome: Outcome, measures: Measures): void => {
    count(outcome, measures, measure);
    const { level, message } = headline(outcome);
    log[level](message, { ...fieldsOf(outcome, templates), ...measures });
  };

/** An outcome as log fields. */
export const fieldsOf = (outcome: Outcome, templates: readonly KeyTemplate[]): Record<string, unknown> => {
  if (outcome.status === 'ignored') return { status: outcome.status, reason: outcome.reason };
  if (outcome.status === 'refused') return { ...outcome, nextStep: eventFailures[outcome.code].nextStep };
  const { upload, target, status, attempt } = outcome;
  return {
    status,
    ...('as' in outcome && { as: outcome.as }),
    bucket: upload.bucket,
    key: maskKey(upload.key, templates),
    etag: upload.etag,
    ...(target && {
      target: `${target.kind}/${maskId(target.id)}`,
      integration: maskIntegrationId(target.integrationId),
    }),
    attempt,
    ...('failure' in outcome && outcome.failure && failureFields(outcome.failure, statusOf(outcome))),
    ...('openFailure' in outcome && outcome.openFailure && failureFields(outcome.openFailure, 'held')),
    ...('dueAt' in outcome && outcome.dueAt && { dueAt: outcome.dueAt.toISOString() }),
    ...('warnings' in outcome && outcome.warnings.length > 0 && { warnings: outcome.warnings.length }),
  };
};

/**
 * An attached file has a failure only if the malware scan did not find it clean. It is listed among the held ones then.
 */
const statusOf = (outcome: Extract<Outcome, { upload: Upload }>): Known => {
  if (outcome.status === 'attached' || outcome.status === 'already-attached') return 'held';
  return 'as' in outcome ? outcome.as : outcome.status;
};

export const unreadableRecord = 'A ledger record cannot be read, so its file is not sent.';

/** Log fields for a file of which only the id is known. */
export const fileFields = (id: string, templates: readonly KeyTemplate[]): Record<string, unknown> => {
  const { bucket, key = '', etag } = parseUploadId(id) ?? {};
  return { bucket, key: maskKey(key, templates), etag };
};

const failureFields = (
  { code, detail, unlistedCode, logUrl }: FailureDetail,
  status: Known,
): Record<string, unknown> => ({
  code,
  detail,
  ...(status !== 'sending' && { nextStep: nextStepInLog(code, status) }),
  ...(unlistedCode !== undefined && { unlistedCode }),
  ...(logUrl !== undefined && { logUrl }),
});

const headline = (outcome: Outcome): { level: keyof Log; message: string } => {
  switch (outcome.status) {
    case 'attached':
    case 'already-attached':
      if (outcome.failure) {
        return {
          level: 'error',
          message: 'Attached, but the malware scan did not find it clean: an operator must act.',
        };
      }
      if (outcome.status === 'attached') return { level: 'info', message: 'Attached.' };
      return outcome.openFailure
        ? { level: 'warn', message: 'Already attached; an operator must still act on its scan verdict.' }
        : { level: 'info', message: 'Already attached; nothing to do.' };
    case 'unchanged':
      if (outcome.failure?.code === 'RECORD_UNREADABLE') {
        return { level: 'error', message: unreadableRecord };
      }
      return { level: 'info', message: `This event changes nothing. ${knownAs(outcome)}` };
    case 'ignored':
      return { level: 'info', message: 'Ignored.' };
    case 'refused':
      return { level: 'error', message: 'The event is refused.' };
    case 'superseded':
      return { level: 'info', message: 'Superseded: the object that the event named was deleted or replaced.' };
    case 'waiting':
      return { level: 'warn', message: 'Not delivered; it will be sent again automatically.' };
    case 'unknown':
      return {
        level: 'warn',
        message: 'May have been delivered; the target is checked before anything is sent again.',
      };
    case 'rejected':
      return { level: 'warn', message: `Rejected${becauseOf(outcome.failure.code)}.` };
    case 'held':
      return { level: urgent(outcome.failure.code) ? 'error' : 'warn', message: 'Held: an operator must act.' };
  }
};

type Unchanged = Extract<Outcome, { status: 'unchanged' }>;
type Known = Unchanged['as'];

const knownAs = ({ as, failure }: Unchanged): string => {
  switch (as) {
    case 'sending':
      return 'Another invocation is sending it.';
    case 'waiting':
      return 'It waits and will be sent automatically.';
    case 'unknown':
      return 'It may have been delivered; the target is checked automatically.';
    case 'held':
      return 'It is still held: an operator must act.';
    case 'rejected':
      return `It is still rejected${failure ? becauseOf(failure.code) : ''}.`;
    case 'superseded':
      return 'It is superseded: its object was deleted or replaced.';
  }
};

/** A file behind a pause is one of many, and the pause itself has been reported. */
const urgent = (code: FailureCode): boolean => code !== 'INTEGRATION_PAUSED';

const counters = {
  attached: 'Attached',
  'already-attached': 'AlreadyAttached',
  waiting: 'Waiting',
  unknown: 'Unknown',
  held: 'Held',
  rejected: 'Rejected',
  superseded: 'Superseded',
} as const satisfies Partial<Record<Outcome['status'], MetricName>>;

const count = (outcome: Outcome, measures: Measures, measure: Measure): void => {
  const { status } = outcome;
  if (status === 'ignored' || status === 'refused' || status === 'unchanged') return;
  const integration = outcome.target ? maskIntegrationId(outcome.target.integrationId) : noIntegration;
  const code = 'failure' in outcome && outcome.failure ? { code: outcome.failure.code } : {};
  measure(valuesOf(outcome, measures), { integration, ...code });
};

/** Never negative, although the clocks of S3 and Lambda differ slightly. */
const secondsToAttached = ({ arrivedAt, attachedAt }: Extract<Outcome, { status: 'attached' }>): number | undefined =>
  arrivedAt && Math.max(0, attachedAt.getTime() - arrivedAt.getTime()) / 1000;

const valuesOf = (
  outcome: Exclude<Outcome, { status: 'ignored' | 'refused' | 'unchanged' }>,
  { komboMs, sizeBytes }: Measures,
): MetricValues => {
  // An attached file that was not found clean is listed among the held ones.
  const isListed = (outcome.status === 'attached' || outcome.status === 'already-attached') && outcome.failure;
  const counted = { [counters[outcome.status]]: 1, KomboLatency: komboMs, ...(isListed && { Held: 1 }) };
  if (outcome.status === 'attached') {
    const { warnings } = outcome;
    return {
      ...counted,
      TimeToAttached: secondsToAttached(outcome),
      BytesSent: sizeBytes,
      ...(warnings.length > 0 && { Warnings: warnings.length }),
    };
  }
  if (outcome.status === 'already-attached') return counted;
  const { code, unlistedCode } = outcome.failure;
  return {
    ...counted,
    ...(code === 'KEY_NOT_MATCHED' && { KeysNotMatched: 1 }),
    ...(code === 'EVENT_MISSED' && { EventsMissed: 1 }),
    ...(unlistedCode !== undefined && { UnlistedCodes: 1 }),
  };
};
