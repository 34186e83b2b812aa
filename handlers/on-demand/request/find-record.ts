import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { type Operated, type Operation, operate } from '../../../lib/operator/decide.ts';
import { recordMeant, recordsOfKey } from '../../../lib/operator/find-records.ts';
import type { ActionDeps } from '../action.ts';
import type { Answer } from '../answer/answer.ts';
import { fileOfRecord, sentenceOf } from '../answer/file-answer.ts';
import { namedKey } from './parse-key.ts';

/** The record that a request means by a key, or the answer that there is none to work on. */
export const recordOf = async (
  text: string,
  etag: string | undefined,
  deps: ActionDeps,
): Promise<{ readonly record: LedgerRecord } | { readonly answer: Answer }> => {
  const { config, deadline } = deps;
  const key = namedKey(text, config.bucket);
  if (!key.ok) return { answer: { ok: false, message: key.error } };
  const report = await recordsOfKey({ bucket: config.bucket, key: key.value, etag }, deadline.signal, deps);
  const meant = recordMeant(report, etag);
  if (meant?.readable) return { record: meant.record };
  if (meant)
    return { answer: { ok: false, message: `Nothing was done. ${meant.reason}`, files: [fileOfRecord(meant)] } };
  if (etag !== undefined) {
    return {
      answer: { ok: false, message: 'Nothing was done: the ledger knows no object of this key with that ETag.' },
    };
  }
  if (report.object.ok) {
    const next = { action: 'attach', key: key.value };
    const message = 'Nothing was done: the ledger has never seen the object under this key. "next" sends it.';
    return { answer: { ok: false, message, next } };
  }
  const { code, detail } = report.object.error;
  const found =
    code === 'OBJECT_DELETED' ? 'there is no such object in the bucket' : `the bucket cannot be asked (${detail})`;
  return { answer: { ok: false, message: `Nothing was done: the ledger has never seen this key, and ${found}.` } };
};

/** Writes a person's decision for one upload, or tells why it was not taken. */
export const decide = async (
  record: LedgerRecord,
  operation: Operation,
  deps: ActionDeps,
): Promise<{ readonly record: LedgerRecord } | { readonly answer: Answer }> => {
  const operated = await operate(record, operation, deps);
  return operated.done ? { record: operated.record } : { answer: refusalOf(operated, operation) };
};

export const refusalOf = ({ why, known }: Extract<Operated, { done: false }>, { kind }: Operation): Answer => {
  const files = known ? { files: [fileOfRecord(known)] } : {};
  const state = known ? sentenceOf(fileOfRecord(known)) : '';
  switch (why) {
    case 'state':
      return {
        ok: false,
        message: `Nothing was done: its state allows no ${kind}. ${state} ${hintOf(known, kind)}`.trim(),
        ...files,
      };
    case 'threat':
      return {
        ok: false,
        message: `Nothing was done: a file with a threat goes on no person's word. ${state}`,
        ...files,
      };
    case 'unreadable':
      return { ok: false, message: `Nothing was done. ${state}`, ...files };
    case 'gone':
      return { ok: false, message: 'Nothing was done: the record was erased at the same moment.' };
    case 'race':
      return { ok: false, message: 'Nothing was done: others kept changing the record. Ask again.' };
  }
};

const hintOf = (known: Extract<Operated, { done: false }>['known'], kind: Operation['kind']): string => {
  const status = known?.readable ? known.record.state.status : undefined;
  if (status === 'attached' && kind === 'retry')
    return 'To send it once more all the same, use "resend" with "force": true.';
  if (status === 'sending') return 'Ask again when it has ended.';
  if (kind === 'resolve') return '"resolve" is for files that may have been delivered.';
  return '';
};
