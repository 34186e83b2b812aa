import { isScanCode } from '../failures/failures.ts';
import { doubtedChange } from './doubted.ts';
import { targetOf } from './first-record.ts';
import { acknowledge, failureOfVerdict, latestVerdict, openVerdict } from './latest-verdict.ts';
import type { EventOf } from './ledger-event.ts';
import { situationOf } from './moves.ts';
import { attachedState, type Change, heldState, rejectedState, unknownState } from './new-state.ts';
import { type LedgerRecord, mayHaveArrived, type State } from './record.ts';
import { isBeforeRestore } from './restored.ts';

/** What a verdict of the malware scan changes, and what it prevents. Pure. */

/**
 * The state of a record with an open verdict. Applied after every event, so that no event can make a file wait, or hold
 * it only for another reason, despite its verdict. A file that is being sent or may have been delivered keeps its
 * state, because the end of that decides. An attached file stays attached and is listed.
 */
export const heldByVerdict = ({ state, verdict }: Pick<LedgerRecord, 'state' | 'verdict'>, now: number): State => {
  const open = openVerdict(verdict);
  if (!open) return state;
  switch (state.status) {
    case 'sending':
    case 'unknown':
    case 'attached':
      return state;
    case 'rejected':
      // An operator decided not to send it.
      if (isScanCode(state.failure.code)) return state;
      break;
    case 'held':
      if (state.failure.code === open.code) return state;
  }
  const held = heldState(now, failureOfVerdict(open.code), mayHaveArrived(state));
  const otherwise = state.status === 'held' ? besideScan(state) : undefined;
  return otherwise ? { ...held, otherwise } : held;
};

const besideScan = ({ failure, otherwise }: Extract<State, { status: 'held' }>) =>
  isScanCode(failure.code) ? otherwise : failure;

/**
 * An open verdict blocks sending. A newer upload of the record has the same bytes, so the verdict also applies to it.
 */
export const staysBlocked = ({ verdict }: LedgerRecord, event: EventOf<'claim' | 'postponed'>): boolean =>
  openVerdict(latestVerdict(verdict, event.verdict)) !== undefined;

/**
 * The record's last change shows that it was not touched since a restore. A verdict that holds nothing must not hide
 * that.
 */
export const isNewVerdict = (record: LedgerRecord, { verdict, restored }: EventOf<'scanned'>): boolean => {
  const latest = latestVerdict(record.verdict, verdict);
  const hidesDoubt = !openVerdict(latest) && isKnownNotSent(record.state) && isBeforeRestore(record, restored);
  return latest !== record.verdict && !hidesDoubt;
};

/** The verdict is stored in any state. `heldByVerdict` decides for every event what it holds. */
export const scannedChange = (record: LedgerRecord, event: EventOf<'scanned'>, now: number): Change => {
  const { state } = record;
  const verdict = latestVerdict(record.verdict, event.verdict);
  const mayHaveBeenSent = isKnownNotSent(state) && situationOf(state) !== 'rejected for its verdict';
  if (event.restored && mayHaveBeenSent && isBeforeRestore(record, event.restored) && openVerdict(verdict)) {
    return { ...doubtedChange(record, record.upload, event.restored, now), ...targetOf(event), verdict };
  }
  if (state.status !== 'held' || openVerdict(verdict)) return { state, verdict };
  const { otherwise, mayBeDelivered } = state;
  if (otherwise) return { state: heldState(now, otherwise, mayBeDelivered), verdict };
  return { state: isScanCode(state.failure.code) ? unknownState(state.failure, now, now) : state, verdict };
};

const isKnownNotSent = (state: State): boolean =>
  state.status !== 'sending' && state.status !== 'attached' && !mayHaveArrived(state);

/** The clean verdict that arrived with the event. */
export const verdictBy = ({ verdict }: LedgerRecord, event: EventOf<'claim' | 'postponed' | 'doubted'>) =>
  event.verdict ? { verdict: latestVerdict(verdict, event.verdict) } : {};

/**
 * The operator has seen the file in the ATS, or deleted it there because of its verdict. A file that was not sent is
 * given up: only a newer upload is sent. If a verdict held it, it also needs a clean verdict, because its verdict stays
 * open and blocks the same bytes when they are uploaded again.
 */
export const resolveChange = ({ state, verdict, upload }: LedgerRecord, now: number): Change => {
  if (state.status === 'attached') return { state, ...acknowledge(verdict) };
  if (state.status === 'held' && !state.mayBeDelivered) {
    // Only an object put after this is a newer upload. The verdict did not say when its object was put, and the sweep
    // compares with this time.
    return { state: rejectedState(state.failure, now), upload: { ...upload, modifiedAt: now } };
  }
  return { state: attachedState(now, [], 'operator'), ...acknowledge(verdict) };
};
