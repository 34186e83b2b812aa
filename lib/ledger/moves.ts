import { isScanCode } from '../failures/failures.ts';
import type { State, Status } from './record.ts';

/** A status, subdivided where some event needs it. `new`: the ledger has no record of the upload. */
export type Situation =
  | 'new'
  | Exclude<Status, 'held' | 'rejected'>
  | 'rejected for a fault'
  | 'rejected for its verdict'
  | 'held for a fault'
  | 'held, may be delivered'
  | 'held by the malware scan'
  | 'held by the malware scan and for a fault'
  | 'held by the malware scan, may be delivered';

/**
 * An event, and what the record says about it: the rows of docs/states.md. One kind of `LedgerEvent` can have several
 * forms, and one event may match several.
 */
export type EventForm =
  | 'claim'
  | 'claim after a new upload'
  | 'claim after a clean scan'
  | 'postponed'
  | 'postponed after a new upload'
  | 'postponed after a clean scan'
  | 'doubted after a restore'
  | 'doubted after a new upload'
  | 'doubted after a clean scan'
  | 'delivered'
  | 'delivered, after the lease'
  | 'same bytes attached before'
  | 'not delivered'
  | 'answer lost'
  | 'an operator must act'
  | 'file or key is wrong'
  | 'object gone or replaced'
  | 'lease ended'
  | 'lease ended without a target'
  | 'found at the target'
  | 'looked at the target'
  | 'not at the target'
  | 'cannot be decided'
  | 'not found clean'
  | 'not found clean, after a restore'
  | 'found clean'
  | 'not scanned'
  | 'not scanned, after a new upload'
  | 'not delivered, and not found clean'
  | 'not at the target, and not found clean'
  | 'retry'
  | 'retry after a restore'
  | 'resend'
  | 'resolve';

/**
 * The state machine of the ledger as data: which event leads from which situation to which status, in the order in
 * which things happen. Anything not listed is not allowed. `transition` reads this table, and `docs/states.md` is
 * generated from it.
 */
export const moves: Readonly<Record<EventForm, Partial<Readonly<Record<Situation, Status>>>>> = {
  /*
   * `superseded` may be claimed, because nothing was sent and the same bytes may be under the key again (uploaded,
   * deleted, uploaded). Refusing that event would lose the CV.
   */
  claim: { new: 'sending', waiting: 'sending', superseded: 'sending' },
  /** A newer upload of the same bytes, for example with corrected metadata, has the same ETag. */
  'claim after a new upload': { 'rejected for a fault': 'sending', 'rejected for its verdict': 'sending' },
  'claim after a clean scan': { 'held by the malware scan': 'sending', 'rejected for its verdict': 'sending' },
  postponed: { new: 'waiting', superseded: 'waiting' },
  'postponed after a new upload': { 'rejected for a fault': 'waiting', 'rejected for its verdict': 'waiting' },
  'postponed after a clean scan': { 'held by the malware scan': 'waiting', 'rejected for its verdict': 'waiting' },
  /** The table was restored from a backup, so a file that it shows as not sent may have been sent. */
  'doubted after a restore': { new: 'unknown', waiting: 'unknown', superseded: 'unknown' },
  'doubted after a new upload': { 'rejected for a fault': 'unknown', 'rejected for its verdict': 'unknown' },
  'doubted after a clean scan': { 'held by the malware scan': 'unknown', 'rejected for its verdict': 'unknown' },
  delivered: { sending: 'attached' },
  /** Its function was frozen or slow. The response shows what a check of the target would have to find out. */
  'delivered, after the lease': {
    unknown: 'attached',
    'held, may be delivered': 'attached',
    'held by the malware scan, may be delivered': 'attached',
  },
  /** An earlier upload of the key with another ETag delivered the same bytes; nothing was sent. */
  'same bytes attached before': { sending: 'attached' },
  'not delivered': { sending: 'waiting' },
  'answer lost': { sending: 'unknown' },
  'an operator must act': { sending: 'held' },
  'file or key is wrong': { sending: 'rejected' },
  'object gone or replaced': { sending: 'superseded' },
  'lease ended': { sending: 'unknown' },
  'lease ended without a target': { sending: 'rejected' },
  'found at the target': {
    unknown: 'attached',
    'held, may be delivered': 'attached',
    'held by the malware scan, may be delivered': 'attached',
  },
  'looked at the target': { unknown: 'unknown' },
  'not at the target': { unknown: 'waiting' },
  'cannot be decided': { unknown: 'held' },
  /**
   * A verdict about a file that is being sent, may have been delivered or is attached is stored without changing the
   * state. The end of the attempt or of the doubt decides; an attached file is listed among the held ones.
   */
  'not found clean': {
    new: 'held',
    sending: 'sending',
    attached: 'attached',
    waiting: 'held',
    unknown: 'unknown',
    'held for a fault': 'held',
    'held, may be delivered': 'held',
    'held by the malware scan': 'held',
    'held by the malware scan and for a fault': 'held',
    'held by the malware scan, may be delivered': 'held',
    'rejected for a fault': 'held',
    'rejected for its verdict': 'rejected',
    superseded: 'held',
  },
  /** It may have been sent, so its target is checked first. */
  'not found clean, after a restore': {
    waiting: 'unknown',
    'held for a fault': 'unknown',
    'held by the malware scan': 'unknown',
    'held by the malware scan and for a fault': 'unknown',
    'rejected for a fault': 'unknown',
    superseded: 'unknown',
  },
  /** A file that only a verdict holds and that was not sent is claimed instead, by 'claim after a clean scan'. */
  'found clean': {
    sending: 'sending',
    attached: 'attached',
    waiting: 'waiting',
    unknown: 'unknown',
    'held for a fault': 'held',
    'held, may be delivered': 'held',
    'held by the malware scan and for a fault': 'held',
    'held by the malware scan, may be delivered': 'unknown',
    'rejected for a fault': 'rejected',
    superseded: 'superseded',
  },
  'not scanned': { new: 'held', superseded: 'held' },
  'not scanned, after a new upload': { 'rejected for a fault': 'held', 'rejected for its verdict': 'held' },
  'not delivered, and not found clean': { sending: 'held' },
  'not at the target, and not found clean': { unknown: 'held' },
  /** A file that may have been delivered is looked up again instead of being sent again. */
  retry: {
    waiting: 'waiting',
    unknown: 'unknown',
    'held for a fault': 'waiting',
    'held, may be delivered': 'unknown',
    'held by the malware scan': 'waiting',
    'held by the malware scan and for a fault': 'waiting',
    'held by the malware scan, may be delivered': 'unknown',
    'rejected for a fault': 'waiting',
    'rejected for its verdict': 'waiting',
    superseded: 'waiting',
  },
  'retry after a restore': {
    waiting: 'unknown',
    'held for a fault': 'unknown',
    'held by the malware scan': 'unknown',
    'held by the malware scan and for a fault': 'unknown',
    'rejected for a fault': 'unknown',
    'rejected for its verdict': 'unknown',
    superseded: 'unknown',
  },
  resend: {
    attached: 'waiting',
    waiting: 'waiting',
    unknown: 'waiting',
    'held for a fault': 'waiting',
    'held, may be delivered': 'waiting',
    'held by the malware scan': 'waiting',
    'held by the malware scan and for a fault': 'waiting',
    'held by the malware scan, may be delivered': 'waiting',
    'rejected for a fault': 'waiting',
    'rejected for its verdict': 'waiting',
    superseded: 'waiting',
  },
  /**
   * For an attached file: acknowledges its verdict. A held file that was never sent is given up; if a verdict held it,
   * a later clean verdict still sends it.
   */
  resolve: {
    attached: 'attached',
    unknown: 'attached',
    'held for a fault': 'rejected',
    'held, may be delivered': 'attached',
    'held by the malware scan': 'rejected',
    'held by the malware scan and for a fault': 'rejected',
    'held by the malware scan, may be delivered': 'attached',
  },
};

export const situationOf = (state: State | undefined): Situation => {
  if (state === undefined) return 'new';
  if (state.status === 'rejected')
    return isScanCode(state.failure.code) ? 'rejected for its verdict' : 'rejected for a fault';
  if (state.status !== 'held') return state.status;
  const { mayBeDelivered, failure, otherwise } = state;
  if (!isScanCode(failure.code)) return mayBeDelivered ? 'held, may be delivered' : 'held for a fault';
  if (otherwise) return mayBeDelivered ? 'held, may be delivered' : 'held by the malware scan and for a fault';
  return mayBeDelivered ? 'held by the malware scan, may be delivered' : 'held by the malware scan';
};
