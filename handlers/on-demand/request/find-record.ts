import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { namedRecord, recordsOfKey } from '../../../lib/operator/find-records.ts';
import type { ActionCourier } from '../action.ts';
import type { Answer } from '../answer/answer.ts';
import { fileOfRecord } from '../answer/file-answer.ts';
import { mistakeInKey, parseKey } from './parse-key.ts';

/** The record of the key in a request, or the answer when there is none. */
export const findRecord = async (
  text: string,
  etag: string | undefined,
  courier: ActionCourier,
): Promise<{ readonly record: LedgerRecord } | { readonly answer: Answer }> => {
  const { settings, deadline } = courier;
  const key = parseKey(text, settings.bucket);
  if (!key.ok) return { answer: { ok: false, message: key.error } };
  const report = await recordsOfKey({ bucket: settings.bucket, key: key.value, etag }, deadline.signal, courier);
  const named = namedRecord(report, etag);
  if (named?.readable) return { record: named.record };
  if (named)
    return { answer: { ok: false, message: `Nothing was done. ${named.reason}`, files: [fileOfRecord(named)] } };
  if (etag !== undefined) {
    return {
      answer: { ok: false, message: 'Nothing was done: the ledger has no record of this key with that ETag.' },
    };
  }
  if (report.object.ok) {
    const next = { action: 'attach', key: key.value };
    const message =
      'Nothing was done: the ledger has never seen the object under this key. The request in "next" sends it.';
    return { answer: { ok: false, message, next } };
  }
  const { code, detail } = report.object.error;
  const found =
    code === 'OBJECT_DELETED' ? 'the object does not exist in the bucket' : `the bucket cannot be read (${detail})`;
  const hint = code === 'OBJECT_DELETED' ? mistakeInKey(key.value)?.hint : undefined;
  const message = `Nothing was done: the ledger has never seen this key, and ${found}.${hint === undefined ? '' : ` ${hint}`}`;
  return { answer: { ok: false, message } };
};
