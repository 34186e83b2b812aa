import { type FailureCode, failureOf, saysOutage } from '../failures/failures.ts';
import type { Restored } from '../ledger/restored.ts';
import { countEveryMs, laneDueAfterTouchMs, laneKeptAfterTouchMs, outagesToPause, touchEveryMs } from '../limits.ts';
import { nextComparisonAt, type Tool } from '../read-back/learn-tool.ts';
import { type Pause, type PauseFacts, pauseBy } from './pause.ts';

/**
 * The lane of the account, that is, of all integrations behind the API key. Its pause stops every lane. No integration
 * has this id.
 */
export const accountLane = '*';

/**
 * One integration. All its files wait, are sent and pause together: a file is never paused, its lane is. Times are
 * milliseconds since the epoch.
 */
export interface Lane {
  readonly integrationId: string;
  /**
   * When a file was last about to enter the lane. A touch precedes the file by at most ten minutes. So a lane that was
   * not touched for an hour and shows no file is empty, even after a crash and with a late index.
   */
  readonly touchedAt: number;
  /** When a run has work to do here; absent when nothing waits. */
  readonly nextAt?: number | undefined;
  readonly pause?: Pause | undefined;
  /** Consecutive responses that showed an outage or may mean one, and the code of the latest. */
  readonly outages: number;
  readonly outageCode?: FailureCode | undefined;
  /** When the latest pause ended. The retry budgets of its files start again at that time. */
  readonly openedAt?: number | undefined;
  /** For the account: the integration that was rate-limited last, and until when. */
  readonly rateLimited?: { readonly integrationId: string; readonly until: number } | undefined;
  /** For the account: the table was restored from a backup, and the reason in the operator's words. */
  readonly restored?: (Restored & { readonly reason: string }) | undefined;
  readonly counts?: LaneCounts | undefined;
  /** What is known about the tool behind the integration. */
  readonly tool: Tool;
  readonly version: number;
}

/** The number of files in a lane when it was last read. Each count stops at 1,000. */
export interface LaneCounts {
  readonly waiting: number;
  readonly unknown: number;
  /** When the oldest of these uploads first arrived. */
  readonly oldestAt?: number | undefined;
  /** Records that were due and could not be read; absent when there were none. */
  readonly unreadable?: number | undefined;
  readonly at: number;
}

export const newLane = (integrationId: string): Lane => ({
  integrationId,
  touchedAt: 0,
  outages: 0,
  tool: [],
  version: 0,
});

/**
 * Notes that a file is about to enter the lane. Returns the same lane when the last touch is fresh. A touch from the
 * future is not fresh: it came from a wrong clock, and would keep the lane out of every run.
 */
export const touched = (lane: Lane, now: number): Lane =>
  Math.abs(now - lane.touchedAt) <= touchEveryMs
    ? lane
    : { ...lane, touchedAt: now, nextAt: Math.min(lane.nextAt ?? now, now) };

/** No pause replaces an operator's. If the cause changes, the new cause keeps the lane paused. */
export const paused = (lane: Lane, pause: Pause): Lane => {
  const { pause: known } = lane;
  if (!known || pause.by === 'operator') return known?.by === 'operator' ? lane : { ...lane, pause };
  if (known.by === 'operator' || known.code === pause.code || !pause.end) return lane;
  // Start and number of probes are kept from the earlier cause.
  const end = { ...pause.end, probes: known.end?.probes ?? 0 };
  return { ...lane, pause: { ...pause, since: known.since, causeSince: pause.since, end } };
};

export const opened = (lane: Lane, now: number): Lane => ({
  ...lane,
  pause: undefined,
  outages: 0,
  openedAt: now,
  nextAt: now,
});

/** Whether its id may be a mistake in a key: the setting does not name it, and nothing was ever attached under it. */
export const mayBeMistyped = ({ integrationId, tool }: Lane, setting: string | undefined): boolean =>
  integrationId !== setting && tool.length === 0;

/** What the response to a POST means for a lane. `reach` says whether the lane is one integration or the account. */
export const afterFailure = (
  lane: Lane,
  failure: { readonly code: FailureCode; readonly detail: string },
  reach: 'integration' | 'account',
  facts: PauseFacts,
): Lane => {
  const { pauses, outage } = failureOf(failure.code);
  const stops = pauses === 'account' ? 'account' : pauses === 'nothing' ? undefined : 'integration';
  if (stops === reach) return paused(lane, pauseBy(failure.code, failure.detail, facts));
  if (outage !== reach || lane.pause) return lane;
  const counted = { ...lane, outages: lane.outages + 1, outageCode: failure.code };
  return counted.outages < outagesToPause ? counted : paused(counted, pauseBy(failure.code, failure.detail, facts));
};

/** Kombo or the ATS did its work, so neither is down. */
export const afterSuccess = (lane: Lane): Lane => (lane.outages === 0 ? lane : { ...lane, outages: 0 });

/**
 * The tool lists files, so earlier lost answers did not mean that it is down. A code that reports an outage still
 * counts.
 */
export const afterListing = (lane: Lane): Lane =>
  lane.outageCode !== undefined && !saysOutage(lane.outageCode) ? afterSuccess(lane) : lane;

/**
 * The account's rate limit hits integrations one after another. If two integrations meet it within one window, it is
 * used up for all.
 */
export const afterRateLimit = (
  account: Lane,
  integrationId: string,
  failure: { readonly code: FailureCode; readonly detail: string },
  until: number,
  facts: PauseFacts,
): Lane => {
  const { rateLimited } = account;
  const isInWindow = rateLimited !== undefined && facts.now < rateLimited.until;
  if (!isInWindow) return { ...account, rateLimited: { integrationId, until } };
  if (rateLimited.integrationId === integrationId) return account;
  return paused(account, pauseBy(failure.code, failure.detail, facts));
};

/**
 * Reads it from the account's lane. An unreadable account lane closes every lane, so the result does not matter then.
 */
export const restoredIn = (account: Lane | 'unreadable'): Restored | undefined =>
  account === 'unreadable' ? undefined : account.restored;

/** Notes a restore of the table. The later of two reports counts, because it covers more. */
export const restoredLane = (account: Lane, restored: NonNullable<Lane['restored']>): Lane =>
  (account.restored?.at ?? 0) > restored.at ? account : { ...account, restored };

/** What a run found in the lane. */
export interface LaneReading {
  readonly counts: LaneCounts;
  /** The earliest due time of what waits there, due or not. */
  readonly earliestDueAt?: number | undefined;
}

/** When to read the lane next. While a file may not be visible in the index yet, every run reads it. */
export const afterRead = (lane: Lane, { counts, earliestDueAt }: LaneReading, now: number): Lane => {
  const nextAt = nextReadAt(lane, earliestDueAt, { readAt: counts.at, now });
  const isSame = lane.counts && sameCounts(lane.counts, counts) && counts.at - lane.counts.at < countEveryMs;
  if (nextAt === lane.nextAt && isSame) return lane;
  return { ...lane, nextAt, counts };
};

const nextReadAt = (
  { touchedAt, nextAt = 0 }: Lane,
  earliestDueAt: number | undefined,
  { readAt, now }: { readonly readAt: number; readonly now: number },
): number | undefined => {
  // Queued behind the other lanes that are due, so that each has its turn.
  if (earliestDueAt !== undefined && earliestDueAt <= now) return now;
  // The reading may have missed a file that the index did not show yet. The run may also have been frozen since.
  if (readAt - touchedAt <= laneDueAfterTouchMs) return nextAt <= now ? nextAt : now;
  if (earliestDueAt !== undefined) return earliestDueAt;
  const keptUntil = touchedAt + laneKeptAfterTouchMs;
  return readAt < keptUntil ? keptUntil : undefined;
};

const sameCounts = (a: LaneCounts, b: LaneCounts): boolean =>
  a.waiting === b.waiting && a.unknown === b.unknown && a.oldestAt === b.oldestAt && a.unreadable === b.unreadable;

/** The lane's partition in the directory, and when a run reads it; undefined when it has no work. */
export const placeOf = ({
  pause,
  nextAt,
  counts,
  tool,
}: Lane): { readonly part: 'open' | 'paused'; readonly at: number } | undefined => {
  if (pause) {
    const countAt = (counts?.at ?? pause.since) + countEveryMs;
    return { part: 'paused', at: Math.min(pause.end?.nextAt ?? countAt, countAt) };
  }
  const times = [nextAt, nextComparisonAt(tool)].filter((at) => at !== undefined);
  return times.length === 0 ? undefined : { part: 'open', at: Math.min(...times) };
};

/** The sentence for an operator about a file that waits for the end of a pause. */
export const pausedSentence = (integrationId: string, pause: Pause, why = reasonIn(pause)): string =>
  `${integrationId === accountLane ? 'Everything' : 'The integration'} has been paused since ${new Date(pause.since).toISOString()}: ${pause.code}. ${why}`;

/** An operator's reason may be a single word. */
const reasonIn = ({ by, reason }: Pause): string =>
  by === 'operator' ? `The operator's reason: "${reason.replace(/\.$/, '')}".` : reason;
