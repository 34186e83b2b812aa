import { createHash } from 'node:crypto';
import { attachmentName } from '../../../../lib/attachment/name.ts';
import type { FailureDetail } from '../../../../lib/failures/failures.ts';
import { failures } from '../../../../lib/failures/failures.ts';
import type { KeyTemplate } from '../../../../lib/key-template/match-key.ts';
import { accountLane } from '../../../../lib/lane/lane.ts';
import { failureOfVerdict, verdictOnAttached } from '../../../../lib/ledger/latest-verdict.ts';
import type { LedgerRecord } from '../../../../lib/ledger/record.ts';
import type { ListedPause } from '../../../../lib/operator/list-pauses.ts';
import { maskNames } from '../../../../lib/telemetry/mask-key.ts';
import { targetKey } from '../../../../lib/upload/target.ts';
import { uploadId } from '../../../../lib/upload/upload.ts';
import { pausedName } from './pause-view.ts';
import type { FailureView, Progress, RowPause, RowView } from './view.ts';

/** A row before masking, with the whole key. */
export type Row = Omit<RowView, 'name' | 'failure'> & {
  /** The name that the latest attempt sent. User metadata can replace the name in the key. */
  readonly sentName?: string;
  readonly failure?: FailureDetail | FailureView;
};

/**
 * The id of an upload on the page. It is a digest, because keys are personal data and ids appear in the page's markup.
 */
export const rowId = (uploadIdText: string): string =>
  createHash('sha256').update(uploadIdText).digest('base64url').slice(0, 16);

/** The pause that prevents the file from being sent or looked for: that of the account, or of its integration. */
const pauseOf = ({ state, target }: LedgerRecord, pauses: readonly ListedPause[]): RowPause | undefined => {
  if (!target || (state.status !== 'waiting' && state.status !== 'unknown')) return undefined;
  const of = (id: string) => pauses.find(({ integrationId }) => integrationId === id);
  const pause = of(accountLane) ?? of(target.integrationId);
  return pause && { integration: pausedName(pause), code: pause.code };
};

/**
 * @param progress of the call that sends the file, if Kombo has one open
 * @param pauses all open pauses
 */
export const rowOfRecord = (
  record: LedgerRecord,
  progress: Progress | undefined,
  pauses: readonly ListedPause[],
): Row => {
  const { state, upload, target } = record;
  const pausedBy = pauseOf(record, pauses);
  const listed = verdictOnAttached(record);
  return {
    id: rowId(uploadId(upload)),
    key: upload.key,
    ...(target && { target: targetKey(target) }),
    ...(record.sent && { sentName: record.sent.name }),
    state: state.status === 'sending' ? (progress ? 'sending' : 'claimed') : state.status,
    atMs: record.createdAt,
    changedAtMs: state.status === 'attached' ? state.attachedAt : record.updatedAt,
    ...(upload.sizeBytes !== undefined && { sizeBytes: upload.sizeBytes }),
    attempt: record.attempts,
    ...(progress && { progress }),
    ...('dueAt' in state && { dueAtMs: state.dueAt }),
    ...('failure' in state && { failure: state.failure }),
    ...(listed && { failure: failureOfVerdict(listed.code) }),
    ...(pausedBy && { pausedBy }),
    warnings: state.status === 'attached' ? state.warnings : [],
  };
};

/** The row for the page: masked unless names are shown. */
export const rowView = (
  { failure, sentName, ...row }: Row,
  templates: readonly KeyTemplate[],
  names: boolean,
): RowView => {
  const name = sentName ?? attachmentName(row.key.slice(row.key.lastIndexOf('/') + 1));
  return {
    ...row,
    key: names ? row.key : maskNames(row.key, templates),
    name: names ? name : maskNames(name),
    ...(failure && { failure: failureView(failure, names) }),
    warnings: warningsView(row.warnings, names),
  };
};

const failureView = (failure: FailureDetail | FailureView, names: boolean): FailureView => {
  if ('meaning' in failure) return failure;
  const { code, detail, komboMessage } = failure;
  const { meaning, nextStep } = failures[code];
  // Kombo's message may quote the file name.
  const words = names && komboMessage !== undefined ? `${detail} Kombo says: ${komboMessage}` : detail;
  return { code, meaning, detail: words, nextStep };
};

/** Kombo's warnings may contain the file name. */
export const warningsView = (warnings: readonly string[], names: boolean): readonly string[] =>
  names ? warnings : warnings.map(() => 'A warning from Kombo. Its text is hidden while names are masked.');
