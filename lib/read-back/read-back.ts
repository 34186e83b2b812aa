import type { Courier } from '../courier.ts';
import { type Deadline, deadlineIn } from '../deadline.ts';
import { noteListed } from '../lane/note-answer.ts';
import type { EventOf } from '../ledger/ledger-event.ts';
import { outcomeOf, unchangedOutcome } from '../ledger/outcome-from-record.ts';
import type { LedgerRecord, Look, UnknownOutcome } from '../ledger/record.ts';
import { settleReserveMs } from '../limits.ts';
import type { Outcome } from '../outcome.ts';
import type { Target } from '../upload/target.ts';
import { uploadId } from '../upload/upload.ts';
import { type AfterLook, afterFailedListing, afterLook, type LookEvent, withoutLook } from './after-look.ts';
import { type KnownFile, knownFile } from './known-file.ts';
import { hasListed, knowledgeOf, listsWithinMs } from './learn-tool.ts';
import { lookAt, summaryOf } from './look.ts';
import { otherUploads } from './other-uploads.ts';
import { isProofFor, type Question, verdictOn } from './verdict.ts';
import { lookSentence } from './words.ts';

export type ReadBackCourier = Pick<
  Courier,
  'settings' | 'storage' | 'kombo' | 'links' | 'ledger' | 'lanes' | 'clock' | 'random' | 'observe'
>;

type Listing = Pick<AfterLook, 'listedAt' | 'listsWithinMs' | 'hasListed'>;

/**
 * Finds out what happened to an upload that may have been delivered, by checking its target, never by sending. Safe to
 * run concurrently: only the first result is written.
 * @throws only when the ledger could not be read or written
 */
export const readBack = async (
  record: LedgerRecord,
  deadline: Deadline,
  courier: ReadBackCourier,
): Promise<Outcome> => {
  const { clock, ledger, lanes, observe } = courier;
  const startedAt = clock.now();
  const known = { id: uploadId(record.upload), readable: true, record } as const;
  if (record.state.status !== 'unknown') return unchangedOutcome(known, record.upload);
  const own = deadlineIn(clock, deadline.remainingMs() - settleReserveMs);
  const event = await eventAfterLook(record, record.state, own, courier).finally(own.clear);
  // For a while the index may show the record neither at its old nor at its new time.
  const staysInLane = event.kind === 'looked' || event.kind === 'absent';
  if (staysInLane && record.target) await lanes.touch(record.target.integrationId);
  const written = await ledger.apply(record, event);
  if (written === 'conflict') return unchangedOutcome(known, record.upload);
  const outcome = outcomeOf(written.record);
  observe(outcome, { totalMs: clock.now() - startedAt });
  return outcome;
};

const eventAfterLook = async (
  record: LedgerRecord,
  state: UnknownOutcome,
  deadline: Deadline,
  courier: ReadBackCourier,
): Promise<LookEvent> => {
  const { settings, clock, lanes, random } = courier;
  const { target } = record;
  const openedAt = target ? (await lanes.gate(target.integrationId)).openedAt : 0;
  const facts = (
    look?: Look,
    listing: Listing = { listedAt: clock.now(), listsWithinMs: 0, hasListed: false },
  ): AfterLook => ({
    record,
    state,
    settings,
    now: clock.now(),
    ...listing,
    openedAt,
    random: random(),
    seen: look ? lookSentence(look) : 'The target was not checked, because ON_UNKNOWN is resend.',
  });
  if (settings.onUnknown === 'resend') return withoutLook(facts());
  if (!target) {
    const detail = `The last attempt ended with ${state.failure.code}. The key matches none of KEY_TEMPLATES, so there is no target to check.`;
    return { kind: 'undecidable', failure: { ...state.failure, code: 'OUTCOME_UNKNOWN', detail } };
  }
  return lookForUpload(record, target, facts, deadline, courier);
};

const lookForUpload = async (
  record: LedgerRecord,
  target: Target,
  facts: (look: Look, listing: Listing) => AfterLook,
  deadline: Deadline,
  courier: ReadBackCourier,
): Promise<LookEvent> => {
  const { ledger, lanes, clock } = courier;
  const file = await knownFile(record, deadline, courier);
  const { name, type, contentType = '', content, oursIs } = file;
  const tool = await lanes.toolOf(target.integrationId);
  const topic = { kind: target.kind, contentType };
  const question: Omit<Question, 'more'> = {
    target,
    type,
    firstUnknownAttemptAt: record.firstUnknownAttemptAt ?? record.createdAt,
    resent: record.resentAt !== undefined,
    tool: knowledgeOf(tool, topic, clock.now()),
    sizeBytes: content?.sizeBytes,
  };
  const listing = {
    listedAt: clock.now(),
    listsWithinMs: listsWithinMs(tool, topic, clock.now()),
    hasListed: hasListed(tool, target.kind, clock.now()),
  };
  const result = await lookAt(
    target,
    name,
    async () => ({ ours: content, oursIs, others: await otherUploads(record, target, ledger) }),
    isProofFor(question),
    deadline,
    courier,
  );
  if (result.ok) await noteListed(target.integrationId, courier);
  const look = summaryOf(result, clock.now());
  const event = result.ok
    ? afterLook(verdictOn(result.files, { ...question, more: result.more }), facts(look, listing))
    : afterFailedListing(result.failure, facts(look, listing));
  return { ...event, look, ...newFacts(record, file) };
};

/**
 * Facts that this check read from the object are stored in the record, because the object may be gone at the next
 * check.
 */
const newFacts = (
  record: LedgerRecord,
  { name, type, contentType, content, correlationId, oursIs }: KnownFile,
): Pick<EventOf<'looked'>, 'sent' | 'content' | 'correlationId'> => ({
  correlationId: record.correlationId ?? correlationId,
  content: oursIs === 'certain' ? content : undefined,
  sent: record.sent ?? (name !== undefined && contentType !== undefined ? { name, type, contentType } : undefined),
});
