import { type FailureCode, failureOf, saysOutage } from '../failures/failures.ts';
import type { Restored } from '../ledger/restored.ts';
import { countEveryMs, laneDueAfterTouchMs, laneKeptAfterTouchMs, outagesToPause, touchEveryMs } from '../limits.ts';
import { nextComparisonAt, type Tool } from '../read-back/learn-tool.ts';
import { type Pause, type PauseFacts, pauseBy } from './pause.ts';

/** The lane of everything behind the API key: its pause stops every lane. No integration is called so. */
export const accountLane = '*';

/**
 * One integration: all its files wait, are sent and pause together. A file is never paused; its lane is. Times are
 * milliseconds since the epoch.
 */
export interface Lane {
  readonly integrationId: string;
  /**
   * When a file was last about to enter the lane. A touch precedes the file by at most ten minutes, so a lane that was not
   * touched for an hour, and shows no file, has none: whatever crashed, and however late the index is.
   */
  readonly touchedAt: number;
  /** When a run has something to do here; absent when nothing waits. */
  readonly nextAt?: number | undefined;
  readonly pause?: Pause | undefined;
  /** Answers in a row that said, or may mean, that the other side is down or full, and the code of the latest one. */
  readonly outages: number;
  readonly outageCode?: FailureCode | undefined;
  /** When the latest pause ended: the retry budgets of its files begin there anew. */
  readonly openedAt?: number | undefined;
  /** Of the account: the integration that met a rate limit last, and until when the limit holds. */
  readonly rateLimited?: { readonly integrationId: string; readonly until: number } | undefined;
  /** Of the account: the table was restored from a backup, and why, in the words of the operator. */
  readonly restored?: (Restored & { readonly reason: string }) | undefined;
  readonly counts?: LaneCounts | undefined;
  /** What is known of the tool behind it. */
  readonly tool: Tool;
  readonly version: number;
}

/** What waited in a lane when it was last read; each number stops at 1,000. */
export interface LaneCounts {
  readonly waiting: number;
  readonly unknown: number;
  /** When the oldest of these uploads first came. */
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
 * A file is about to enter the lane. The same lane when the last touch is fresh; one from the future is not: the clock that
 * made it was wrong, and would keep the lane out of every run.
 */
export const touched = (lane: Lane, now: number): Lane =>
  Math.abs(now - lane.touchedAt) <= touchEveryMs
    ? lane
    : { ...lane, touchedAt: now, nextAt: Math.min(lane.nextAt ?? now, now) };

/** No pause replaces one that an operator asked for. Another cause than the known one is what keeps the lane paused now. */
export const paused = (lane: Lane, pause: Pause): Lane => {
  const { pause: known } = lane;
  if (!known || pause.by === 'operator') return known?.by === 'operator' ? lane : { ...lane, pause };
  if (known.by === 'operator' || known.code === pause.code || !pause.end) return lane;
  // It has been paused since then, and tried as often.
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

/** Whether its id can be a mistake in a key: the setting does not name it, and nothing was ever attached under it. */
export const mayBeMistyped = ({ integrationId, tool }: Lane, setting: string | undefined): boolean =>
  integrationId !== setting && tool.length === 0;

/** What an answer to a POST means for a lane. `reach` says whether the lane is one integration or the account. */
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

/** Kombo or the ATS did its work: the other side is up. */
export const afterSuccess = (lane: Lane): Lane => (lane.outages === 0 ? lane : { ...lane, outages: 0 });

/** The tool lists files: answers that were lost before did not mean that it is down. One that says so is not taken back. */
export const afterListing = (lane: Lane): Lane =>
  lane.outageCode !== undefined && !saysOutage(lane.outageCode) ? afterSuccess(lane) : lane;

/** The limit of the account is met by single integrations in turn; two within one window show that it is used up for all. */
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

/** Of the account's lane; an unreadable one closes every lane, so that nothing depends on it. */
export const restoredIn = (account: Lane | 'unreadable'): Restored | undefined =>
  account === 'unreadable' ? undefined : account.restored;

/** The table was restored. Of two reports the later one counts: it covers more. */
export const restoredLane = (account: Lane, restored: NonNullable<Lane['restored']>): Lane =>
  (account.restored?.at ?? 0) > restored.at ? account : { ...account, restored };

/** What a run found in the lane. */
export interface LaneReading {
  readonly counts: LaneCounts;
  /** The earliest due time of what waits there, due or not. */
  readonly earliestDueAt?: number | undefined;
}

/** When the lane is read next. While it may be that a file is not visible yet, it is read in every run. */
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
  // Behind the other lanes that are due, so that each has its turn.
  if (earliestDueAt !== undefined && earliestDueAt <= now) return now;
  // As long as the reading may have missed a file. The run may have stood still since.
  if (readAt - touchedAt <= laneDueAfterTouchMs) return nextAt <= now ? nextAt : now;
  if (earliestDueAt !== undefined) return earliestDueAt;
  const keptUntil = touchedAt + laneKeptAfterTouchMs;
  return readAt < keptUntil ? keptUntil : undefined;
};

const sameCounts = (a: LaneCounts, b: LaneCounts): boolean =>
  a.waiting === b.waiting && a.unknown === b.unknown && a.oldestAt === b.oldestAt && a.unreadable === b.unreadable;

/** In which part of the directory the lane is, and when a run looks at it; undefined when nothing is to be done in it. */
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

/** What an operator reads about a file that waits for the end of a pause. */
export const pausedSentence = (integrationId: string, { since, code, reason }: Pause): string =>
  `${integrationId === accountLane ? 'Everything' : 'The integration'} has been paused since ${new Date(since).toISOString()}: ${code}. ${reason}`;
