import { type FailureCode, failureOf } from '../failures/failures.ts';
import { dayMs, firstOutageProbeMs, firstProbeMs, maxOutageProbeMs, maxProbeMs, readingEveryMs } from '../limits.ts';

/** Why all deliveries of a lane wait. Times are milliseconds since the epoch. */
export interface Pause {
  /** The failure that every file would meet; INTEGRATION_PAUSED when an operator asked for the pause. */
  readonly code: FailureCode;
  readonly by: 'kombo' | 'operator';
  readonly reason: string;
  readonly since: number;
  /** When this cause replaced the original one. */
  readonly causeSince?: number;
  /** How it ends without an operator. Absent for an operator's pause, which only an operator ends. */
  readonly end?: PauseEnd;
}

export interface PauseEnd {
  /**
   * How the end is detected. `unread`: not asked yet. `reading`: Kombo's description of the integration has shown the
   * cause, so it also shows when the cause is gone. `probe`: it does not show the cause, so a call must be tried.
   */
  readonly by: 'unread' | 'reading' | 'probe';
  readonly nextAt: number;
  /** Probes that have failed. */
  readonly probes: number;
  /**
   * The file of the latest probe, as its public id: a ledger id contains the object's key, and would stay here after
   * the file is forgotten. The next probe uses another file, because this one may be the cause.
   */
  readonly probedId?: string;
  /**
   * The listing of the latest probe timed out. After a second timeout a file is sent instead, because a slow tool may
   * never list in time.
   */
  readonly unanswered?: boolean;
  /** In use when the pause started. A different key or setting is a reason to try immediately. */
  readonly keyVersion?: string | undefined;
  readonly integrationSetting?: string | undefined;
  /** For the account: the integration whose file met the cause and waits there. */
  readonly metIn?: string;
}

export interface PauseFacts {
  readonly now: number;
  readonly keyVersion?: string | undefined;
  readonly integrationSetting?: string | undefined;
  readonly metIn?: string | undefined;
  /** The wait that Kombo asked for, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/** The pause that a response from Kombo causes. */
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
 * Since when an operator is paged for the pause. Immediately if the cause is in this stack, because only its operator
 * can end it. Any other pause may end without one, so it pages after a day. An operator's own pause never pages.
 */
export const pagesSince = ({ by, code, since, causeSince = since }: Pause, now: number): number | undefined => {
  if (by === 'operator') return undefined;
  const at = failureOf(code).stackFault ? causeSince : since + dayMs;
  return at <= now ? at : undefined;
};

/** What Kombo's description of the integration shows about the cause of a pause. */
export type Reading = 'shows-cause' | 'shows-none' | 'says-nothing';

/**
 * What to do after a reading. `wait`: the cause is still there. `send`: the cause was visible and is gone, so one file
 * is sent. `probe`: the reading does not show this cause, or showed nothing this time; a later one may show it again.
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

/** Takes the turn to probe before the probe itself, so that only one of two concurrent runs gets it. */
export const probeTaken = ({ code }: Pick<Pause, 'code'>, end: PauseEnd, now: number): PauseEnd => ({
  ...end,
  nextAt: now + probeIntervalMs(code, end.probes + 1),
  probes: end.probes + 1,
});

/**
 * During an outage or throttling, probes start after a minute. Other causes need someone to act, so they start later.
 */
const probeIntervalMs = (code: FailureCode, probes: number): number => {
  const { outage, throttled } = failureOf(code);
  const [firstMs, maxMs] =
    outage !== 'no' || throttled !== 'no' ? [firstOutageProbeMs, maxOutageProbeMs] : [firstProbeMs, maxProbeMs];
  return Math.min(maxMs, firstMs * 2 ** Math.min(probes, 20));
};
