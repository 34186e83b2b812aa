/**
 * What a failure means for the upload.
 * - `waiting`: known not delivered; sent once it is due and its lane is open.
 * - `unknown`: may have been delivered; the target is read before anything is repeated.
 * - `held`: an operator must act on this file, then retry.
 * - `rejected`: this file, its key or its target is wrong; a new upload is needed.
 * - `superseded`: the object is no longer the one that the event named.
 */
export type FailureStatus = 'waiting' | 'unknown' | 'held' | 'rejected' | 'superseded';

export type Actor = 'nobody' | 'uploader' | 'operator' | 'customer';

/**
 * One row of the failure table. Every decision that the code takes about a code is a column here and nowhere else, and no
 * column is optional: a new code does not compile before each decision about it is taken.
 */
export interface Failure {
  readonly status: FailureStatus;
  /**
   * How soon it may be repeated. `soon`: after seconds, also within the same invocation. `later`: after a minute at the
   * earliest, because the other side has repeated it already. `never`: only after the status was left some other way.
   */
  readonly retry: 'soon' | 'later' | 'never';
  /**
   * All deliveries that would fail in the same way: their lane is paused. `known-integration`: only where the setting names the
   * integration, or something was attached under it; otherwise the id is a mistake in the key, and the file is rejected.
   */
  readonly pauses: 'nothing' | 'integration' | 'known-integration' | 'account';
  /** Where `GET /integrations/{id}` shows the cause of the pause; `call`: that it answers at all shows that the cause is gone. */
  readonly seenIn: 'nowhere' | 'status' | 'setup-status' | 'write-actions' | 'call';
  /**
   * What Kombo had accepted when it answered this. `file`: it judged the file itself, so no pause applies any more.
   * `integration`: it had accepted the API key, so a pause of the account is over. `nothing`: it says neither.
   */
  readonly judges: 'nothing' | 'integration' | 'file';
  /** Kombo refuses any call at this moment, so the file is not at fault. Which of its two limits was met. */
  readonly throttled: 'no' | 'rate-limit' | 'concurrency-limit';
  /** Kombo refused the API key before it did anything: with another key the same file is sent again immediately. */
  readonly keyRefused: boolean;
  /** Its cause is in this stack: its API key, its address, a setting. A pause that it causes pages immediately. */
  readonly stackFault: boolean;
  /** The other side is down or full; it may need hours. Three such answers in a row pause the lane. */
  readonly outage: 'no' | 'integration' | 'account';
  /** May have been delivered, and Kombo still calls a repeat safe: done where the target cannot be listed. */
  readonly vendorRepeats: boolean;
  /**
   * As the answer to a listing. `look-again`: a later one may succeed. `hold`: an operator must look at this target or
   * compare its id. `forbidden`: an operator must give a right, for all targets. `cannot-list`: Kombo has no such action for
   * this tool.
   */
  readonly asListing: 'look-again' | 'hold' | 'forbidden' | 'cannot-list';
  /** What must be another one where the file is rejected with this. `file-or-key`: the other side does not say which. */
  readonly atFault: 'none' | 'file' | 'key' | 'target' | 'file-or-key';
  /**
   * Who must act first. `nobody`: it heals, or nothing is wrong. `uploader`: another file or key is needed. `customer`: the
   * cause is in the customer's ATS or in its connection to Kombo. `operator`: the team that runs this stack, also
   * where it has to ask Kombo. docs/failures.md is grouped by it.
   */
  readonly acts: Actor;
  readonly meaning: string;
  /** What the operator does; complete sentences, ready for a message at 3 a.m. */
  readonly nextStep: string;
}
