import type { Failure } from '../failures/failure.ts';
import type { FailureCode } from '../failures/failures.ts';
import type { Target } from '../upload/target.ts';

/** Everything behind the API key; any other scope is the id of an integration. */
export const accountScope = 'account';

/** The scope that a failure pauses; undefined when it pauses nothing, or its upload names no integration. */
export const pauseScope = (
  reach: Failure['pauses'],
  target: Pick<Target, 'integrationId'> | undefined,
): string | undefined => {
  if (reach === 'nothing') return undefined;
  return reach === 'account' ? accountScope : target?.integrationId;
};

/**
 * All deliveries of a scope are paused, because every file would fail in the same way or an operator asked for it.
 * `open` until it is ended; then `releasing` while the files that it holds are released; then `closed`, for the record.
 */
export interface Pause {
  readonly scope: string;
  readonly state: 'open' | 'releasing' | 'closed';
  /** The failure that caused it; INTEGRATION_PAUSED when an operator started it. */
  readonly code: FailureCode;
  readonly by: 'kombo' | 'operator';
  readonly reason: string;
  /** Milliseconds since the epoch, as all times here. */
  readonly since: number;
  /** The cause may end without an operator: one delivery at `probeAt` tests it. Absent when only an operator can end it. */
  readonly probeAt?: number;
  readonly ended?: { readonly by: 'probe' | 'operator'; readonly reason: string; readonly at: number };
  readonly version: number;
}

/** What the operator reads about a file that waits for the end of the pause. */
export const pausedSentence = ({ scope, since, code, reason }: Pause): string =>
  `${scope === accountScope ? 'Everything' : 'The integration'} has been paused since ${new Date(since).toISOString()}: ${code}. ${reason}`;
