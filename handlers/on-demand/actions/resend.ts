import * as v from 'valibot';
import { action } from '../action.ts';
import { sentenceOf } from '../answer/file-sentence.ts';
import { fields } from '../fields.ts';
import { findRecord } from '../request/find-record.ts';
import { repeatedDecision } from '../request/repeated-decision.ts';
import { sendNow } from '../request/send-now.ts';
import { writeDecision } from '../request/write-decision.ts';

export const resend = action({
  name: 'resend',
  does: 'sends a file again although it is or may be attached; the ATS may then have it twice',
  example: {
    action: 'resend',
    key: 'candidates/GRKwT7dMvcuqBnsZ5xHe4pYa/Frank Doe CV.pdf',
    force: true,
    reason: 'It was deleted in the ATS by mistake.',
  },
  changes: true,
  schema: v.strictObject({
    key: fields.key.schema,
    etag: v.optional(fields.etag.schema),
    force: fields.force.schema,
    reason: fields.reason.schema,
  }),
  run: async ({ key, etag, reason }, courier) => {
    const named = await findRecord(key, etag, courier);
    if ('answer' in named) return named.answer;
    // Checked before the object is read: the object may have been deleted since an identical earlier request.
    const repeated = await repeatedDecision(named.record, { kind: 'resend', reason }, courier);
    if (repeated) return repeated;
    const { upload } = named.record;
    // Without the object nothing can be sent, and the changed record would no longer show that the file was attached.
    const found = await courier.storage.find(upload.bucket, upload.key, courier.deadline.signal);
    if (!found.ok || found.value.etag !== upload.etag) {
      const why = found.ok ? 'another object is under the key now' : found.error.detail;
      const message = `Nothing was sent and nothing changed: the object cannot be read (${why}). Upload the file again.`;
      return { ok: false, message };
    }
    const decided = await writeDecision(named.record, { kind: 'resend', reason }, courier);
    if ('answer' in decided) return decided.answer;
    const { file, done, isDone } = await sendNow(decided.record, courier);
    const sentence =
      done !== 'tried' ? 'It is released to be sent again.' : isDone ? 'It was sent again.' : 'It was tried again.';
    return { ok: isDone, message: `${sentence} ${sentenceOf(file)}`, files: [file] };
  },
});
