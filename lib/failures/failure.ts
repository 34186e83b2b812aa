/**
 * What a failure means for the upload.
 * - `waiting`: known not delivered; sent once it is due and its lane is open.
 * - `unknown`: may have been delivered; the target is checked before anything is repeated.
 * - `held`: an operator must act on this file, then retry.
 * - `rejected`: this file, its key or its target is wrong; a new upload is needed.
 * - `superseded`: the object is no longer the one that the event named.
 */
export type FailureStatus = 'waiting' | 'unknown' | 'held' | 'rejected' | 'superseded';

export type Actor = 'nobody' | 'uploader' | 'operator' | 'customer';

/**
 * One row of the failure table. Every decision about a code is a column here and nowhere else. No column is optional,
 * so a new code compiles only when every decision is made.
 */
export interface Failure {
  readonly status: FailureStatus;
  /**
   * How soon the call may be repeated. `soon`: after seconds, also within the same invocation. `later`: after at least
   * a minute, because Kombo has already repeated it. `never`: only after something else has changed the status.
   */
  readonly retry: 'soon' | 'later' | 'never';
  /**
   * Which other deliveries would fail in the same way, so that their lane is paused. `known-integration`: only if the
   * setting names the integration, or something was attached under it. Otherwise the id is a mistake in the key, and
   * the file is rejected.
   */
  readonly pauses: 'nothing' | 'integration' | 'known-integration' | 'account';
  /**
   * Where `GET /integrations/{id}` shows the cause of the pause. `call`: any successful response shows that the cause
   * is gone.
   */
  readonly seenIn: 'nowhere' | 'status' | 'setup-status' | 'write-actions' | 'call';
  /**
   * What Kombo had accepted when it gave this response. `file`: it judged the file itself, so no pause applies any
   * more. `integration`: it had accepted the API key, so a pause of the account is over. `nothing`: it shows neither.
   */
  readonly judges: 'nothing' | 'integration' | 'file';
  /** Which of Kombo's two limits was reached. Kombo refuses every call at this moment, so the file is not at fault. */
  readonly throttled: 'no' | 'rate-limit' | 'concurrency-limit';
  /** Kombo refused the API key before it did anything. With a new key the same file is sent again immediately. */
  readonly keyRefused: boolean;
  /** The cause is in this stack: its API key, its address or a setting. A pause with this cause pages immediately. */
  readonly stackFault: boolean;
  /** Kombo or the ATS is down or full, maybe for hours. Three such responses in a row pause the lane. */
  readonly outage: 'no' | 'integration' | 'account';
  /**
   * The file may have been delivered, but Kombo documents that a repeat is safe. It is repeated if the target cannot be
   * listed.
   */
  readonly vendorRepeats: boolean;
  /**
   * The meaning as a response to a listing. `look-again`: a later listing may succeed. `hold`: an operator must check
   * this target or its id. `forbidden`: an operator must grant a permission that all targets need. `cannot-list`: Kombo
   * does not offer listing for this ATS.
   */
  readonly asListing: 'look-again' | 'hold' | 'forbidden' | 'cannot-list';
  /**
   * What must change before a rejected file can succeed. `object`: it is gone. `file-or-key`: Kombo does not say which.
   */
  readonly atFault: 'none' | 'object' | 'file' | 'key' | 'target' | 'file-or-key';
  /**
   * Who must act first. `nobody`: it recovers automatically, or nothing is wrong. `uploader`: another file or key is
   * needed. `customer`: the cause is in the customer's ATS or its connection to Kombo. `operator`: the team that runs
   * this stack, also when it has to ask Kombo. docs/failures.md is grouped by this column.
   */
  readonly acts: Actor;
  readonly meaning: string;
  /** What the operator does, in complete sentences that are clear at 3 a.m. */
  readonly nextStep: string;
}
