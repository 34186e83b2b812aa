import * as v from 'valibot';
import { type FailureCode, failures } from '../../../lib/failures/failures.ts';
import type { LedgerEntry } from '../../../lib/ledger/ledger.ts';
import type { Status } from '../../../lib/ledger/record.ts';
import { ledgerPageSize, runReserveMs } from '../../../lib/limits.ts';
import { decide } from '../../../lib/operator/decide.ts';
import { defaultFiles } from '../../limits.ts';
import { type ActionCourier, action, oneOf } from '../action.ts';
import { type Answer, count, shorten } from '../answer/answer.ts';
import { fileOfOutcome, fileOfRecord, sentenceOf } from '../answer/file-answer.ts';
import { withPause, withPauses } from '../answer/paused-files.ts';
import { fields } from '../fields.ts';
import { findRecord } from '../request/find-record.ts';
import { sendNow } from '../request/send-now.ts';
import { targetFieldNames, targetFields, targetIn } from '../request/target-fields.ts';
import { writeDecision } from '../request/write-decision.ts';

export const retry = action({
  name: 'retry',
  does: 'releases what is held or rejected, once its cause is fixed; by key it is tried immediately, otherwise by the next run',
  example: { action: 'retry', key: 'candidates/GRK123/Frank Doe CV.pdf', reason: 'The right was granted in the ATS.' },
  schema: v.pipe(
    v.strictObject({
      key: v.optional(fields.key.schema),
      etag: v.optional(fields.etag.schema),
      ...targetFields,
      code: v.optional(fields.code.schema),
      limit: v.optional(fields.limit.schema),
      reason: fields.reason.schema,
    }),
    oneOf('key', ...targetFieldNames, 'code')(),
    v.check(({ key, etag }) => key !== undefined || etag === undefined, '"etag" goes with "key" alone.'),
    v.check(({ key, limit }) => key === undefined || limit === undefined, '"limit" does not go with "key".'),
  ),
  run: async ({ key, etag, code, limit = defaultFiles, reason, ...input }, courier) => {
    if (key !== undefined) return retryOne(key, etag, reason, courier);
    const { ledger } = courier;
    const target = targetIn(input);
    if (target) return retryMany(ledger.ofTarget(target), everyFile, limit, reason, courier);
    // The lists are long, and rejected files stay in theirs for a year, so only the list that can hold the code is read.
    const { status } = failures[code as FailureCode];
    if (status === 'waiting' || status === 'unknown') {
      const message = `Nothing was done: files with ${code} are sent or looked at automatically. "status" shows what waits and what is paused; "resume" ends a pause.`;
      return { ok: false, message };
    }
    const queue = status === 'rejected' ? 'rejected' : 'held';
    return retryMany(ledger.work(queue, ledgerPageSize), stoppedBy(code), limit, reason, courier);
  },
});

const retryOne = async (
  key: string,
  etag: string | undefined,
  reason: string,
  courier: ActionCourier,
): Promise<Answer> => {
  const named = await findRecord(key, etag, courier);
  if ('answer' in named) return named.answer;
  const decided = await writeDecision(named.record, { kind: 'retry', reason }, courier);
  if ('answer' in decided) return decided.answer;
  const file = await withPause(fileOfOutcome(await sendNow(decided.record, courier)), courier);
  return { ok: file.status === 'attached', message: `It was retried. ${sentenceOf(file)}`, files: [file] };
};

/** Attached files, and those in progress or gone, are left as they are. */
const retryable: ReadonlySet<Status> = new Set(['waiting', 'unknown', 'held', 'rejected']);

const everyFile = (): boolean => true;

const stoppedBy =
  (code: string | undefined) =>
  (known: LedgerEntry): boolean =>
    known.readable && 'failure' in known.record.state && known.record.state.failure.code === code;

const retryMany = async (
  records: AsyncIterable<LedgerEntry>,
  isAsked: (known: LedgerEntry) => boolean,
  limit: number,
  reason: string,
  courier: ActionCourier,
): Promise<Answer> => {
  const released: LedgerEntry[] = [];
  const left: LedgerEntry[] = [];
  let more = false;
  for await (const known of records) {
    more = released.length === limit || courier.deadline.remainingMs() < runReserveMs;
    if (more) break;
    if (!isAsked(known)) continue;
    const { state } = known.readable ? known.record : {};
    const waits = state && retryable.has(state.status);
    if (!known.readable || !waits) {
      left.push(known);
      continue;
    }
    const decided = await decide(known.record, { kind: 'retry', reason }, courier);
    if (decided.done) released.push({ id: known.id, readable: true, record: decided.record });
    else left.push(decided.known ?? known);
  }
  const files = await withPauses([...released, ...left].map(fileOfRecord), courier);
  const waitsForPause = files.some((file) => 'paused' in file);
  const message = [
    released.length === 0
      ? 'There was nothing to retry.'
      : `${count(released.length, 'file')} released; the next scheduled run sends ${released.length === 1 ? 'it' : 'them'}.`,
    waitsForPause ? 'Files of a paused integration wait until its pause ends.' : '',
    left.length > 0 ? `${count(left.length, 'file')} left as ${left.length === 1 ? 'it is' : 'they are'}.` : '',
    more ? 'There are more: repeat the request for the rest.' : '',
  ];
  return {
    ok: released.length > 0 && !more,
    message: message.filter((part) => part !== '').join(' '),
    released: released.length,
    ...shorten('files', files),
  };
};
