import * as v from 'valibot';
import { type FailureCode, failureOf, isScanCode } from '../../../lib/failures/failures.ts';
import type { LedgerEntry } from '../../../lib/ledger/ledger.ts';
import { ledgerPageSize } from '../../../lib/limits.ts';
import { defaultFiles } from '../../limits.ts';
import { type ActionCourier, action, oneOf } from '../action.ts';
import type { Answer } from '../answer/answer.ts';
import { sentenceOf } from '../answer/file-sentence.ts';
import { fields } from '../fields.ts';
import { findRecord } from '../request/find-record.ts';
import { type Done, sendNow } from '../request/send-now.ts';
import { targetFieldNames, targetFields, targetIn } from '../request/target-fields.ts';
import { writeDecision } from '../request/write-decision.ts';
import { retryMany } from './retry-many.ts';

export const retry = action({
  name: 'retry',
  does: 'releases held or rejected files after their cause is fixed; a file named by key is tried immediately, all others by the next run',
  example: {
    action: 'retry',
    key: 'candidates/GRKwT7dMvcuqBnsZ5xHe4pYa/Frank Doe CV.pdf',
    reason: 'The right was granted in the ATS.',
  },
  changes: true,
  schema: v.pipe(
    v.strictObject({
      key: v.optional(fields.key.schema),
      etag: v.optional(fields.etag.schema),
      ...targetFields,
      code: v.optional(fields.code.schema),
      limit: v.optional(fields.limit.schema),
      dry_run: v.optional(fields.dry_run.schema),
      force: v.optional(fields.force.schema),
      reason: v.optional(fields.reason.schema),
    }),
    oneOf('key', ...targetFieldNames, 'code')(),
    v.check(
      ({ dry_run, reason }) => dry_run === true || reason !== undefined,
      `"reason" is missing; it is ${fields.reason.is}.`,
    ),
    v.check(({ key, etag }) => key !== undefined || etag === undefined, '"etag" is allowed only with "key".'),
    v.check(({ key, limit }) => key === undefined || limit === undefined, '"limit" is not allowed with "key".'),
    v.check(
      ({ key, dry_run }) => key === undefined || dry_run === undefined,
      '"dry_run" is not allowed with "key": "status" shows one file.',
    ),
    v.check(
      ({ key, force }) => key !== undefined || force === undefined,
      '"force" is allowed only with "key": a file without a clean scan verdict is never released among many.',
    ),
  ),
  run: async ({ key, etag, code, limit = defaultFiles, dry_run = false, force, reason = '', ...input }, courier) => {
    if (key !== undefined) return retryOne(key, etag, { kind: 'retry', reason, force }, courier);
    const { ledger } = courier;
    const many = { limit, reason, isDry: dry_run };
    const target = targetIn(input);
    if (target) {
      const none = `Nothing was done: the ledger has no record of a file of ${target.kind} ${target.id}. Check the id.`;
      return retryMany(ledger.ofTarget(target), everyFile, { ...many, none }, courier);
    }
    // Reads only the list that can contain the code. The lists are long, and rejected files stay listed for a year.
    const { status, atFault } = failureOf(code as FailureCode);
    const canReject = atFault !== 'none';
    if (!canReject && (status === 'waiting' || status === 'unknown')) {
      const message = `Nothing was done: files with ${code} are sent or looked up automatically. "status" shows what waits and what is paused; "resume" ends a pause.`;
      return { ok: false, message };
    }
    if (code !== undefined && isScanCode(code)) {
      const without =
        code === 'SCAN_THREAT_FOUND' ? '' : ' To release one without it, name its "key" and add "force": true.';
      const message = `Nothing was done: files with ${code} are released by a clean scan verdict, which sends them automatically.${without}`;
      return { ok: false, message };
    }
    return retryMany(ledger.work(canReject ? 'rejected' : 'held', ledgerPageSize), stoppedBy(code), many, courier);
  },
});

const retryOne = async (
  key: string,
  etag: string | undefined,
  decision: Parameters<typeof writeDecision>[1],
  courier: ActionCourier,
): Promise<Answer> => {
  const named = await findRecord(key, etag, courier);
  if ('answer' in named) return named.answer;
  const decided = await writeDecision(named.record, decision, courier);
  if ('answer' in decided) return decided.answer;
  const { file, done, isDone } = await sendNow(decided.record, courier);
  return { ok: isDone, message: `${doneSentence[done]} ${sentenceOf(file)}`, files: [file] };
};

const doneSentence: Readonly<Record<Done, string>> = {
  tried: 'It was tried again.',
  looked: 'The files at its target were checked again.',
  released: 'It is released.',
};

const everyFile = (): boolean => true;

const stoppedBy =
  (code: string | undefined) =>
  (known: LedgerEntry): boolean =>
    known.readable && 'failure' in known.record.state && known.record.state.failure.code === code;
