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
 * The answer to a decision that was carried out before: what was done then, and what became of it. Clients repeat a request
 * whose answer they did not get, and must not be told that it failed. Undefined for a decision that is new.
 */
export const repeatedDecision = async (
  record: LedgerRecord,
  decision: Decision,
  courier: Pick<ActionCourier, 'lanes' | 'clock'>,
): Promise<Answer | undefined> => {
  const file = await withPause(fileOfRecord({ id: uploadId(record.upload), readable: true, record }), courier);
  const done = doneBefore(record, decision, courier.clock.now());
  if (done === undefined) return undefined;
  const { status } = record.state;
  const isDone = status === 'attached' || status === 'sending' || decision.kind === 'resolve';
  const more = decision.kind === 'resend' ? ' For one more copy, give another reason.' : '';
  return {
    ok: isDone,
    message: `${done} ${sentenceOf(file)}${more}`,
    repeated: true,
    files: [file],
  };
};

const doneBefore = (record: LedgerRecord, { kind, reason }: Decision, now: number): string | undefined => {
  const { note, state } = record;
  const isSame = note?.action === kind && note.reason === reason;
  const at = note ? new Date(note.at).toISOString() : '';
  switch (kind) {
    case 'resend':
      if (!note || !isSameResend(record, reason, now)) return undefined;
      return state.status === 'attached'
        ? `Nothing was sent now: it was sent again for this reason already, at ${at}.`
        : `Nothing was sent now: it was released to be sent again for this reason already, at ${at}.`;
    case 'retry':
      // What is not delivered is retried once more: that cannot make a second copy, and its cause may be fixed by now.
      if (!isSame || (state.status !== 'attached' && state.status !== 'sending')) return undefined;
      return `Nothing was done now: it was retried for this reason already, at ${at}.`;
    case 'resolve':
      if (state.status !== 'attached' && !isNotToBeSent(state)) return undefined;
      return note?.action === 'resolve'
        ? `Nothing was done now: it was resolved already, at ${at}.`
        : 'Nothing was done: there is nothing to resolve.';
  }
};

const isNotToBeSent = (state: State): boolean => state.status === 'rejected' && isGivenUp(state.failure.code);
