import * as v from 'valibot';
import { sizeText } from '../../../lib/attachment/size-text.ts';
import { nextStepOfRequest } from '../../../lib/failures/advice.ts';
import type { FailureCode } from '../../../lib/failures/failures.ts';
import { type DryRun, dryRun as dryRunOf } from '../../../lib/operator/dry-run.ts';
import { targetKey } from '../../../lib/upload/target.ts';
import { maxDryRunObjects } from '../../limits.ts';
import { action, oneOf } from '../action.ts';
import { count } from '../answer/answer.ts';
import { type FileAnswer, fileOfRecord } from '../answer/file-answer.ts';
import { sentenceOf } from '../answer/file-sentence.ts';
import { missingFile } from '../answer/missing-file.ts';
import { withPause } from '../answer/paused-files.ts';
import { fields } from '../fields.ts';
import { selectObjects } from '../request/select-objects.ts';

export const dryRun = action({
  name: 'dryRun',
  does: 'does everything except sending: shows target, name, type and what would prevent the delivery',
  example: { action: 'dryRun', key: 'candidates/GRKwT7dMvcuqBnsZ5xHe4pYa/Frank Doe CV.pdf' },
  changes: false,
  schema: v.pipe(
    v.strictObject({
      key: v.optional(fields.key.schema),
      keys: v.optional(fields.keys.schema),
      prefix: v.optional(fields.prefix.schema),
    }),
    oneOf('key', 'keys', 'prefix')(),
  ),
  run: async (input, courier) => {
    const selected = await selectObjects(input, maxDryRunObjects, courier);
    if (!selected.ok) return { ok: false, message: selected.error };
    const { missing, afterKey } = selected.value;
    const uploads = selected.value.uploads.slice(0, maxDryRunObjects);
    const runs: DryRun[] = [];
    for (const upload of uploads) runs.push(await dryRunOf(upload, courier.deadline, courier));
    const known = await Promise.all(
      runs.map((run) => (run.known ? withPause(fileOfRecord(run.known), courier) : undefined)),
    );
    const files = [
      ...runs.map((run, index) => fileOf(run, known[index], courier.settings.requireScan)),
      ...missing.map((one) => ({ key: one.key, wouldAttach: false, message: sentenceOf(missingFile(one)) })),
    ];
    const going = files.filter(({ wouldAttach }) => wouldAttach).length;
    const [only] = files;
    const isCut = afterKey !== undefined || uploads.length < selected.value.uploads.length;
    return {
      ok: files.length > 0 && going === files.length,
      message:
        files.length === 1 && only
          ? only.message
          : `Nothing was sent. Of ${count(files.length, 'object')}, ${going} would be attached now.`,
      ...(isCut && { note: `A dry run examines only the first ${maxDryRunObjects} objects.` }),
      files,
    };
  },
});

const fileOf = ({ upload, match, send, pause }: DryRun, known: FileAnswer | undefined, requireScan: boolean) => {
  const about = {
    key: upload.key,
    etag: upload.etag,
    ...(upload.sizeBytes !== undefined && { sizeBytes: upload.sizeBytes }),
    ...(match.ok && { target: targetKey(match.value.target), integration: match.value.target.integrationId }),
    ...(send.ok && { name: send.value.name, type: send.value.type, contentType: send.value.contentType }),
    ...(send.ok && send.value.remoteFields && { remoteFields: send.value.remoteFields }),
    ...(known && { ledger: known }),
  };
  const wouldNot = (message: string) => ({
    ...about,
    wouldAttach: false,
    message: `It would not be attached now. ${message}`,
  });
  if (known?.status === 'attached')
    return { ...about, wouldAttach: false, message: `Nothing would be sent. ${sentenceOf(known)}` };
  if (known && known.status !== 'waiting' && known.status !== 'superseded') return wouldNot(sentenceOf(known));
  if (!send.ok) return wouldNot(withAdvice(send.error.code, send.error.detail));
  if (requireScan && !known) return wouldNot(withAdvice('SCAN_MISSING', 'REQUIRE_SCAN is on.'));
  if (pause) return wouldNot(pause.sentence);
  const { name, type, contentType, sizeBytes } = send.value;
  const target = match.ok ? `${match.value.target.kind} ${match.value.target.id}` : '';
  const message = `It would be attached to ${target} as "${name}" (${type}, ${contentType}, ${sizeText(sizeBytes)}). Nothing was sent.`;
  return { ...about, wouldAttach: true, message };
};

const withAdvice = (code: FailureCode, detail: string): string => `${code}: ${detail} ${nextStepOfRequest(code)}`;
