import type { FailureCode } from '../failures/failures.ts';

/** Everything behind the API key; any other scope is the id of an integration. */
export const accountScope = 'account';

/**
 * A stop of all deliveries of a scope: every file would fail alike, or a person asked for it.
 * `open` until it is ended; then `releasing` while the files that it holds are let go; then `closed`, for the record.
 */
export interface Pause {
  readonly scope: string;
  readonly state: 'open' | 'releasing' | 'closed';
  /** The failure that began it; INTEGRATION_PAUSED when a person did. */
  readonly code: FailureCode;
  readonly by: 'kombo' | 'operator';
  readonly reason: string;
  /** Milliseconds since the epoch, as all times here. */
  readonly since: number;
  /** The cause may end by itself: one delivery at `probeAt` finds out. Absent when only a person can end it. */
  readonly probeAt?: number;
  readonly ended?: { readonly by: 'probe' | 'operator'; readonly reason: string; readonly at: number };
  readonly version: number;
}

/** What a person is told about a file that waits behind the pause. */
export const pausedSentence = ({ scope, since, code, reason }: Pause): string =>
  `${scope === accountScope ? 'Everything' : 'The integration'} is paused since ${new Date(since).toISOString()}: ${code}. ${reason}`;
