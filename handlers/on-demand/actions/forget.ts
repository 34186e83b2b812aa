import * as v from 'valibot';
import type { LedgerEntry } from '../../../lib/ledger/ledger.ts';
import { recordsOfKey } from '../../../lib/operator/find-records.ts';
import { type Forgotten, forget as forgetRecords, type Kept } from '../../../lib/operator/forget.ts';
import type { Target } from '../../../lib/upload/target.ts';
import { parseUploadId } from '../../../lib/upload/upload.ts';
import { type ActionCourier, action, oneOf } from '../action.ts';
import { type Answer, count, shorten } from '../answer/answer.ts';
import { fields } from '../fields.ts';
import { parseKey } from '../request/parse-key.ts';
import { targetFieldNames, targetFields, targetIn } from '../request/target-fields.ts';

export const forget = action({
  name: 'forget',
  does: 'erases the ledger records of a candidate, an application or a key; delete the objects first',
  example: { action: 'forget', candidate_id: 'GRKwT7dMvcuqBnsZ5xHe4pYa' },
  changes: true,
  schema: v.pipe(
    v.strictObject({
      ...targetFields,
      key: v.optional(fields.key.schema),
      etag: v.optional(fields.etag.schema),
      reason: v.optional(fields.reason.schema),
    }),
    oneOf(...targetFieldNames, 'key')(),
    v.check(({ key, etag }) => key !== undefined || etag === undefined, '"etag" is allowed only with "key".'),
  ),
  run: async (input, courier) => {
    const key = input.key === undefined ? undefined : parseKey(input.key, courier.settings.bucket);
    if (key && !key.ok) return { ok: false, message: key.error };
    const target = targetIn(input);
    if (target) return answerOf(await forgetRecords(ofTarget(target, courier), courier.deadline.signal, courier));
    const { bucket } = courier.settings;
    const named = { bucket, key: key?.value ?? '', etag: input.etag };
    const { object, current, earlier, isComplete } = await recordsOfKey(named, courier.deadline.signal, courier);
    const records = [...(current ? [current] : []), ...earlier];
    if (records.length === 0 && !object.ok && object.error.code !== 'OBJECT_DELETED') {
      const message = `Nothing was erased: no record was found, and the bucket cannot be read (${object.error.detail}), so there may be one. Repeat the request; "check" shows more.`;
      return { ok: false, message, erased: 0 };
    }
    if (records.length === 0 && !isComplete) return mayExist;
    return answerOf(await forgetRecords(records, courier.deadline.signal, courier));
  },
});

/** Reads one record at a time, because a record is erased only in the version that was read. */
async function* ofTarget(
  target: Pick<Target, 'kind' | 'id'>,
  { ledger }: ActionCourier,
): AsyncGenerator<LedgerEntry, void, undefined> {
  for await (const id of ledger.idsOfTarget(target)) {
    const known = await ledger.read(id);
    if (known) yield known;
  }
}

const reasons: Readonly<Record<Kept, string>> = {
  sending: 'It is being sent now. Repeat the request in a few minutes.',
  'object-exists':
    'The object is still in the bucket, so the sweep would send it again. Delete it with all its versions first.',
  'bucket-silent':
    'The bucket cannot be read, so it is not certain that the object is gone. Repeat the request; "check" shows more.',
  changed: 'It changed in the meantime. Repeat the request.',
};

const mayExist: Answer = {
  ok: false,
  message:
    'Nothing was erased, but there may be a record: the key matches no template, so without its object the record can be found only with its ETag. "next" lists rejected files with their keys and ETags (a file that the malware scan holds is listed by "status" alone). Repeat the request with the "etag" of each.',
  erased: 0,
  next: { action: 'status', list: 'rejected' },
};

const answerOf = ({ erased, kept }: Forgotten): Answer => {
  if (erased.length + kept.length === 0) {
    const message =
      'Nothing was found to erase. Not searched: uploads whose key matched no template, because their records name no candidate or application. {"action":"status","list":"rejected"} shows their keys and ETags; erase each with "key" and "etag".';
    return { ok: true, message, erased: 0 };
  }
  const keptPart = kept.length === 0 ? '' : ` ${count(kept.length, 'record')} kept: "kept" says why.`;
  const erasedPart = erased.length === 0 ? 'Nothing was erased.' : `${count(erased.length, 'record')} erased.`;
  return {
    ok: kept.length === 0,
    message: `${erasedPart}${keptPart}`,
    notErased:
      'Old versions in the bucket, which are not checked: the stack\'s own bucket keeps them for 30 days; the file in the ATS, and Kombo\'s logs; backups of the table (35 days); messages of the failure queue, and lists and reports of S3 Batch Operations, which name keys; log lines (which hold ids and no names of people). infra/README.md, "Forget a person", explains how to erase each of them.',
    erased: erased.length,
    ...(kept.length > 0 &&
      shorten(
        'kept',
        kept.map(({ id, why }) => ({ key: parseUploadId(id)?.key ?? id, why: reasons[why] })),
      )),
  };
};
