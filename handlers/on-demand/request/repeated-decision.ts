import { isGivenUp } from '../../../lib/failures/advice.ts';
import type { EventOf } from '../../../lib/ledger/ledger-event.ts';
import type { LedgerRecord, State } from '../../../lib/ledger/record.ts';
import { isSameResend } from '../../../lib/ledger/repeated-decision.ts';
import { uploadId } from '../../../lib/upload/upload.ts';
import type { ActionCourier } from '../action.ts';
import type { Answer } from '../answer/answer.ts';
import { fileOfRecord } from '../answer/file-answer.ts';
import { sentenceOf } from '../answer/file-sentence.ts';
import { withPause } from '../answer/paused-files.ts';

type Decision = Pick<EventOf<'retry' | 'resend' | 'resolve'>, 'kind' | 'reason'>;

/**
 * Answers a decision that was already carried out: what was done then, and the file's state now. Clients repeat a
 * request whose response they lost, and must not be told that it failed. Undefined for a new decision.
 */
export const repeatedDecision = async (
  record: LedgerRecord,
  decision: Decision,
  courier: Pick<ActionCourier, 'lanes' | 'clock'>,
): Promise<Answer | undefined> => {
  const file = await withPause(fileOfRecord({ id: uploadId(record.upload), readable: true, record }), courier);
  const done = doneBefore(record, decision, courier.clock.now());
  if (done === undefined) return undefined;
  const more = decision.kind === 'resend' ? ' To send one more copy, give a different reason.' : '';
  return {
    ok: isDone(record, decision),
    message: `${done} ${sentenceOf(file)}${more}`,
    ...(record.note?.action === decision.kind && { repeated: true }),
    files: [file],
  };
};

/** A file that was released and not tried since waits for a run, for example behind a pause. */
const isDone = ({ state, note, attemptedAt = 0 }: LedgerRecord, { kind }: Decision): boolean =>
  kind === 'resolve' ||
  state.status === 'attached' ||
  state.status === 'sending' ||
  (state.status === 'waiting' && note !== undefined && attemptedAt <= note.at);

const doneBefore = (record: LedgerRecord, { kind, reason }: Decision, now: number): string | undefined => {
  const { note, state } = record;
  const isSame = note?.action === kind && note.reason === reason;
  const at = note ? new Date(note.at).toISOString() : '';
  switch (kind) {
    case 'resend':
      if (!note || !isSameResend(record, reason, now)) return undefined;
      return state.status === 'attached'
        ? `Nothing was sent now: it was already sent again for this reason, at ${at}.`
        : `Nothing was sent now: it was already released for this reason to be sent again, at ${at}.`;
    case 'retry':
      // A file that is not delivered is retried again: that cannot create a duplicate, and the cause may be fixed by
      // now.
      if (!isSame || (state.status !== 'attached' && state.status !== 'sending')) return undefined;
      return `Nothing was done now: it was already retried for this reason, at ${at}.`;
    case 'resolve':
      if (state.status !== 'attached' && !isNotToBeSent(state)) return undefined;
      return note?.action === 'resolve'
        ? `Nothing was done now: it was already resolved, at ${at}.`
        : 'Nothing was done: there is nothing to resolve.';
  }
};

const isNotToBeSent = (state: State): boolean => state.status === 'rejected' && isGivenUp(state.failure.code);
