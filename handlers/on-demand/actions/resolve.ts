import * as v from 'valibot';
import { openVerdict } from '../../../lib/ledger/latest-verdict.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { uploadId } from '../../../lib/upload/upload.ts';
import { action } from '../action.ts';
import { fileOfRecord } from '../answer/file-answer.ts';
import { sentenceOf } from '../answer/file-sentence.ts';
import { fields } from '../fields.ts';
import { findRecord } from '../request/find-record.ts';
import { writeDecision } from '../request/write-decision.ts';

export const resolve = action({
  name: 'resolve',
  does: 'closes a file without sending it: marks a file that may have been delivered as attached, once you have seen it in the ATS; gives up a held file that was never delivered; acknowledges a scan verdict on an attached file',
  example: {
    action: 'resolve',
    key: 'candidates/GRKwT7dMvcuqBnsZ5xHe4pYa/Frank Doe CV.pdf',
    reason: 'Seen in the ATS.',
  },
  changes: true,
  schema: v.strictObject({
    key: fields.key.schema,
    etag: v.optional(fields.etag.schema),
    reason: fields.reason.schema,
  }),
  run: async ({ key, etag, reason }, courier) => {
    const found = await findRecord(key, etag, courier);
    if ('answer' in found) return found.answer;
    const decided = await writeDecision(found.record, { kind: 'resolve', reason }, courier);
    if ('answer' in decided) return decided.answer;
    const { record } = decided;
    const file = fileOfRecord({ id: uploadId(record.upload), readable: true, record });
    return {
      ok: true,
      message: `Nothing was sent. ${effectOf(found.record, record)}${sentenceOf(file)}`,
      files: [file],
    };
  },
});

/** The effect that the file's state does not show. */
const effectOf = (before: LedgerRecord, { state, verdict }: LedgerRecord): string =>
  state.status === 'attached' && openVerdict(before.verdict) && !openVerdict(verdict)
    ? 'The verdict of the malware scan is acknowledged, so the file is no longer listed among the held ones. '
    : '';
