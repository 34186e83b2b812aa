import { nextStepOfRequest } from '../../../lib/failures/advice.ts';
import { matchKey } from '../../../lib/key-template/match-key.ts';
import { namedRecord, recordsOfKey } from '../../../lib/operator/find-records.ts';
import type { ActionCourier } from '../action.ts';
import type { Answer } from '../answer/answer.ts';
import { fileOfRecord } from '../answer/file-answer.ts';
import { sentenceOf } from '../answer/file-sentence.ts';
import { withPauses } from '../answer/paused-files.ts';
import { toolAnswer } from '../answer/tool-answer.ts';
import { mistakeInKey, parseKey } from '../request/parse-key.ts';

/** Where is this file? */
export const statusOfKey = async (text: string, etag: string | undefined, courier: ActionCourier): Promise<Answer> => {
  const { settings, deadline } = courier;
  const parsed = parseKey(text, settings.bucket);
  if (!parsed.ok) return { ok: false, message: parsed.error };
  const key = parsed.value;
  const report = await recordsOfKey({ bucket: settings.bucket, key, etag }, deadline.signal, courier);
  const { object, current, earlier } = report;
  const inBucket = object.ok
    ? { exists: true, sizeBytes: object.value.sizeBytes, etag: object.value.etag }
    : { exists: object.error.code === 'OBJECT_DELETED' ? false : 'unknown', detail: object.error.detail };
  const files = await withPauses([...(current ? [current] : []), ...earlier].map(fileOfRecord), courier);
  const about = { key, object: inBucket, files, ...(await toolAnswer(files, courier)) };

  const named = namedRecord(report, etag);
  if (named) {
    const [file] = await withPauses([fileOfRecord(named)], courier);
    return { ok: true, message: file ? sentenceOf(file) : '', ...about };
  }
  if (etag !== undefined) {
    return { ok: false, message: 'The ledger has no record of this key with that ETag.', ...about };
  }
  if (object.ok) {
    const what = earlier.length > 0 ? 'the current object under this key' : 'this key';
    const note = templateNote(key, courier);
    const isSendable = note.note === undefined && !settings.requireScan;
    const then = isSendable
      ? 'the request in "next" sends it'
      : note.note === undefined
        ? waitsForScan
        : 'but its key would be rejected, as "note" says';
    const message = `The ledger has never seen ${what}. The object is in the bucket; ${then}.`;
    return { ok: true, message, ...about, ...(isSendable && { next: { action: 'attach', key } }), ...note };
  }
  if (object.error.code !== 'OBJECT_DELETED') {
    const { code, detail } = object.error;
    const message = `The ledger has never seen this key, and the bucket cannot be read: ${detail} ${nextStepOfRequest(code)}`;
    return { ok: false, message, ...about };
  }
  const mistake = mistakeInKey(key);
  const hint = mistake ? ` ${mistake.hint}${mistake.meant === undefined ? '' : ' Run the request in "next".'}` : '';
  return {
    ok: true,
    message: `The ledger has never seen this key, and the object does not exist in the bucket.${hint}`,
    ...about,
    ...(mistake?.meant !== undefined && { next: { action: 'status', key: mistake.meant } }),
    ...(!mistake && templateNote(key, courier)),
  };
};

const waitsForScan =
  'it waits for the verdict of the malware scan (REQUIRE_SCAN is on). A clean verdict sends it; without one, the first sweep after 30 minutes holds it as SCAN_MISSING';

const templateNote = (key: string, { settings }: ActionCourier): { readonly note?: string } => {
  const match = matchKey(settings.keyTemplates, key, settings.integrationId);
  return match.ok ? {} : { note: `${match.error.code}: ${match.error.detail}` };
};
