import { doubtedChange } from './doubted.ts';
import { targetOf } from './first-record.ts';
import { acknowledged, failureOfVerdict, isScanFailure, latestVerdict, openVerdict } from './latest-verdict.ts';
import type { EventOf } from './ledger-event.ts';
import { situationOf } from './moves.ts';
import { attachedState, type Change, heldState, rejectedState, unknownState } from './new-state.ts';
import { type LedgerRecord, mayHaveArrived, type State } from './record.ts';
import { isBeforeRestore } from './restored.ts';

/** What a verdict of the malware scan changes, and what it keeps from happening. Pure. */

/**
 * The state of a record whose verdict is open. Asked after every event, so that no event can make a file wait, or hold it for
 * something else alone, in spite of its verdict. While it is sent or may have been delivered its state stays, because the end
 * of that decides; attached stays attached, and is listed.
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
      // An operator has decided that it is not sent.
      if (isScanFailure(state.failure)) return state;
      break;
    case 'held':
      if (state.failure.code === open.code) return state;
      break;
    case 'waiting':
    case 'superseded':
  }
  const held = heldState(now, failureOfVerdict(open.code), mayHaveArrived(state));
  const otherwise = state.status === 'held' ? besideScan(state) : undefined;
  return otherwise ? { ...held, otherwise } : held;
};

const besideScan = ({ failure, otherwise }: Extract<State, { status: 'held' }>) =>
  isScanFailure(failure) ? otherwise : failure;

/** Nothing is taken for sending. A newer upload has the same bytes, so the verdict is about it as well. */
export const isBlocked = ({ verdict }: LedgerRecord, event: EventOf<'claim' | 'postponed'>): boolean =>
  openVerdict(latestVerdict(verdict, event.verdict)) !== undefined;

/**
 * The time of its last change shows that a file was not touched since a restore; a verdict that holds nothing must not hide
 * that.
 */
export const isNewVerdict = (record: LedgerRecord, { verdict, restored }: EventOf<'scanned'>): boolean => {
  const latest = latestVerdict(record.verdict, verdict);
  const hidesDoubt = !openVerdict(latest) && isKnownNotSent(record.state) && isBeforeRestore(record, restored);
  return latest !== record.verdict && !hidesDoubt;
};

/** The verdict is kept in any state; what it holds is decided once for every event, by `heldByVerdict`. */
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
  return { state: isScanFailure(state.failure) ? unknownState(state.failure, now, now) : state, verdict };
};

const isKnownNotSent = (state: State): boolean =>
  state.status !== 'sending' && state.status !== 'attached' && !mayHaveArrived(state);

/** A clean verdict that came with the event. */
export const verdictBy = ({ verdict }: LedgerRecord, event: EventOf<'claim' | 'postponed' | 'doubted'>) =>
  event.verdict ? { verdict: latestVerdict(verdict, event.verdict) } : {};

/**
 * The operator has seen the file in the ATS, or has deleted it there because of its verdict. A file that was not sent is given
 * up: only a newer upload of it is sent, and what a verdict held only after a clean one: its verdict stays open, so that the
 * same bytes are not sent either when they are uploaded again.
 */
export const resolveChange = ({ state, verdict, upload }: LedgerRecord, now: number): Change => {
  if (state.status === 'attached') return { state, ...acknowledged(verdict) };
  if (state.status === 'held' && !state.mayBeDelivered) {
    // Only what is put from now on is a newer upload: a verdict did not say when its object was put, and the sweep goes by this time.
    return { state: rejectedState(state.failure, now), upload: { ...upload, modifiedAt: now } };
  }
  return { state: attachedState(now, [], 'operator'), ...acknowledged(verdict) };
};
