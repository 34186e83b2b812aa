import { type FailureCode, failureOf } from '../failures/failures.ts';
import { dayMs, firstOutageProbeMs, firstProbeMs, maxOutageProbeMs, maxProbeMs, readingEveryMs } from '../limits.ts';

/** Why all deliveries of a lane wait. Times are milliseconds since the epoch. */
export interface Pause {
  /** The failure that every file would meet; INTEGRATION_PAUSED when an operator asked for the pause. */
  readonly code: FailureCode;
  readonly by: 'kombo' | 'operator';
  readonly reason: string;
  readonly since: number;
  /** When this cause replaced the one that began the pause. */
  readonly causeSince?: number;
  /** How it ends without an operator; absent when an operator asked for it: then only an operator ends it. */
  readonly end?: PauseEnd;
}

export interface PauseEnd {
  /**
   * `unread`: nothing was asked yet. `reading`: Kombo's description of the integration has shown the cause, so it shows as
   * well when the cause is gone. `probe`: it does not show it, so a call must be tried.
   */
  readonly by: 'unread' | 'reading' | 'probe';
  readonly nextAt: number;
  /** Probes that have failed. */
  readonly probes: number;
  /** The file that was sent as the latest probe: the next one is another, because its file may be the fault. */
  readonly probedId?: string;
  /** The listing of the latest probe got no answer; after a second one a file goes, because a slow tool may never answer in time. */
  readonly unanswered?: boolean;
  /** What was in use when the pause began: another key or another setting is a reason to try immediately. */
  readonly keyVersion?: string;
  readonly integrationSetting?: string;
  /** Of the account: the integration whose file met the cause; that file waits there. */
  readonly metIn?: string;
}

export type PauseFacts = Pick<PauseEnd, 'keyVersion' | 'integrationSetting' | 'metIn'> & {
  readonly now: number;
  /** The wait that the other side asked for, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
};

/** A pause that an answer of Kombo's causes. */
export const pauseBy = (
  code: FailureCode,
  reason: string,
  { now, retryAfterMs = 0, keyVersion, integrationSetting, metIn }: PauseFacts,
): Pause => {
  const isVisible = failureOf(code).seenIn !== 'nowhere';
  const waitMs = isVisible ? 0 : probeIntervalMs(code, 0);
  return {
    code,
    by: 'kombo',
    reason,
    since: now,
    end: {
      by: isVisible ? 'unread' : 'probe',
      nextAt: now + Math.max(waitMs, retryAfterMs),
      probes: 0,
      ...(keyVersion !== undefined && { keyVersion }),
      ...(integrationSetting !== undefined && { integrationSetting }),
      ...(metIn !== undefined && { metIn }),
    },
  };
};

/**
 * Since when an operator is called for the pause. Immediately where its cause is in this stack, because then only its operator
 * can end it; any other may end without one, so only after a day; one that an operator asked for, never.
 */
export const pagesSince = ({ by, code, since, causeSince = since }: Pause, now: number): number | undefined => {
  if (by === 'operator') return undefined;
  const at = failureOf(code).stackFault ? causeSince : since + dayMs;
  return at <= now ? at : undefined;
};

/** What a reading of the integration shows about the cause of a pause. */
export type Reading = 'shows-cause' | 'shows-none' | 'says-nothing';

/**
 * What follows from a reading. `wait`: the cause is there. `send`: it was there and is gone, so one file goes. `probe`: the
 * reading does not show this cause, or shows nothing this time; then a later one may show it again.
 */
export const afterReading = (
  end: PauseEnd,
  reading: Reading,
  now: number,
): { readonly next: 'wait' | 'send' | 'probe'; readonly end: PauseEnd } => {
  if (reading === 'shows-cause') return { next: 'wait', end: { ...end, by: 'reading', nextAt: now + readingEveryMs } };
  if (reading === 'shows-none' && end.by === 'reading') return { next: 'send', end };
  return { next: 'probe', end: reading === 'says-nothing' ? end : { ...end, by: 'probe' } };
};

/** The turn to probe is taken before the probe itself, so that of two runs only one has it. */
export const probeTaken = ({ code }: Pick<Pause, 'code'>, end: PauseEnd, now: number): PauseEnd => ({
  ...end,
  nextAt: now + probeIntervalMs(code, end.probes + 1),
  probes: end.probes + 1,
});

/** The other side is down: it is asked after minutes. Other causes need someone who acts. */
const probeIntervalMs = (code: FailureCode, probes: number): number => {
  const { outage, throttled } = failureOf(code);
  const [firstMs, maxMs] =
    outage !== 'no' || throttled !== 'no' ? [firstOutageProbeMs, maxOutageProbeMs] : [firstProbeMs, maxProbeMs];
  return Math.min(maxMs, firstMs * 2 ** Math.min(probes, 20));
};
