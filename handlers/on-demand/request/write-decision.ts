import { openVerdict } from '../../../lib/ledger/latest-verdict.ts';
import type { LedgerEntry } from '../../../lib/ledger/ledger.ts';
import { situationOf } from '../../../lib/ledger/moves.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { type Decided, decide, type OperatorDecision } from '../../../lib/operator/decide.ts';
import type { ActionCourier } from '../action.ts';
import type { Answer } from '../answer/answer.ts';
import { fileOfRecord } from '../answer/file-answer.ts';
import { sentenceOf } from '../answer/file-sentence.ts';
import { withPause } from '../answer/paused-files.ts';
import { repeatedDecision } from './repeated-decision.ts';

/** Writes an operator's decision about one upload, or answers why it was not written. */
export const writeDecision = async (
  record: LedgerRecord,
  decision: OperatorDecision,
  courier: ActionCourier,
): Promise<{ readonly record: LedgerRecord } | { readonly answer: Answer }> => {
  const decided = await decide(record, decision, courier);
  if (decided.done) return { record: decided.record };
  const { why, known } = decided;
  const repeated = why === 'state' && known?.readable && (await repeatedDecision(known.record, decision, courier));
  return { answer: repeated || (await explainUndecided(decided, decision, courier)) };
};

const explainUndecided = async (
  { why, known }: Extract<Decided, { done: false }>,
  { kind }: OperatorDecision,
  courier: Pick<ActionCourier, 'lanes'>,
): Promise<Answer> => {
  const file = known && (await withPause(fileOfRecord(known), courier));
  const files = file ? { files: [file] } : {};
  const state = file ? sentenceOf(file) : '';
  switch (why) {
    case 'state':
      return {
        ok: false,
        message: `Nothing was done: its state does not allow "${kind}". ${state} ${hintOf(known, kind)}`.trim(),
        ...files,
      };
    case 'threat':
      return {
        ok: false,
        message: `Nothing was changed: the malware scan found a threat in this file. ${waysOut(known)} ${state}`,
        ...files,
      };
    case 'verdict':
      return {
        ok: false,
        message: `Nothing was changed: the malware scan has reported a new verdict on this file in the meantime. Repeat the request if it still applies. ${state}`,
        ...files,
      };
    case 'scan':
      return {
        ok: false,
        message: `Nothing was done: the malware scan has not found this file clean. ${afterCleanScan(known)} To send it without one, add "force": true. ${state}`,
        ...files,
      };
    case 'key':
      return {
        ok: false,
        message: `Nothing was done: its key matches none of KEY_TEMPLATES, so there is no candidate or application to send it to. ${state}`,
        ...files,
      };
    case 'unreadable':
      return { ok: false, message: `Nothing was done. ${state}`, ...files };
    case 'gone':
      return { ok: false, message: 'Nothing was done: the record was erased in the meantime.' };
    case 'conflict':
      return {
        ok: false,
        message: 'Nothing was done: other invocations kept changing the record. Repeat the request.',
      };
  }
};

/** A clean verdict releases a file only if nothing but the scan keeps it from being sent. */
const afterCleanScan = (known: LedgerEntry | undefined): string => {
  const situation = known?.readable ? situationOf(known.record.state) : undefined;
  return situation === 'held for a fault' ||
    situation === 'held, may be delivered' ||
    situation === 'held by the malware scan and for a fault' ||
    situation === 'rejected for a fault'
    ? 'Scan it again; once it is found clean, repeat the request.'
    : 'Scan it again; a clean verdict sends it automatically.';
};

/** What an operator can do about a file in which a threat was found. */
const waysOut = (known: LedgerEntry | undefined): string => {
  const record = known?.readable ? known.record : undefined;
  const state = record?.state;
  switch (state?.status) {
    case 'attached': {
      const again = 'Only after a newer clean verdict can it be sent again.';
      return openVerdict(record?.verdict)
        ? `${again} "resolve" acknowledges the threat, once the file is deleted in the ATS.`
        : again;
    }
    case 'sending':
      return 'It is held, or listed as attached, when the delivery has ended: "status" shows which.';
    case 'rejected':
      return 'It is not sent unless a new scan finds it clean.';
    case 'unknown':
      return mayHaveArrivedHint;
    default:
      return state?.status === 'held' && state.mayBeDelivered
        ? mayHaveArrivedHint
        : 'Only a clean verdict of a new scan releases it; "resolve" gives it up.';
  }
};

const mayHaveArrivedHint =
  'It may have been delivered, and only after a newer clean verdict can it be sent again. "resolve" marks it as attached, if you see it in the ATS.';

const hintOf = (known: Extract<Decided, { done: false }>['known'], kind: OperatorDecision['kind']): string => {
  const status = known?.readable ? known.record.state.status : undefined;
  if (status === 'attached' && kind === 'retry') return 'To send it again anyway, use "resend" with "force": true.';
  if (status === 'sending') return 'Repeat the request when the delivery has ended.';
  if (kind === 'resolve' && status === 'waiting')
    return 'To prevent it from being sent, delete its object: the file is then rejected with OBJECT_GONE, which keeps the alarm "rejected" on for a day.';
  if (kind === 'resolve')
    return '"resolve" is for files that are held or may have been delivered, and for attached files that the malware scan did not find clean.';
  return '';
};
