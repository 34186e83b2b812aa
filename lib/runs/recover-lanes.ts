import { deadlineWithin } from '../deadline.ts';
import { accountLane, type Lane, mayBeMistyped, opened } from '../lane/lane.ts';
import { afterReading, type Pause, type PauseEnd, probeTaken } from '../lane/pause.ts';
import { readingOf } from '../lane/read-integration.ts';
import { checkTimeoutMs, maxReadings, readingEveryMs } from '../limits.ts';
import type { Outcome } from '../outcome.ts';
import { inParallel } from '../parallel.ts';
import type { Target } from '../upload/target.ts';
import { countBehindAccount, countHourly } from './count-lanes.ts';
import { listingShows, probeFiles, sendProbe } from './probe.ts';
import { hasTime, type RunCourier, type RunOptions } from './run-options.ts';

export interface RecoveryReport {
  /** Outcomes of the files that were sent as probes. */
  readonly outcomes: readonly Outcome[];
  /** The integrations whose lanes were opened; `*` is the account. */
  readonly opened: readonly string[];
  readonly unreadable: number;
}

/**
 * Finds pauses that can end without an operator: by reading the integration if that shows the cause, otherwise by
 * listing a target, and finally by sending one file. Opening a lane is one write, however many files wait in it.
 * @throws only when the table could not be read or written
 */
export const recoverLanes = async (options: RunOptions, courier: RunCourier): Promise<RecoveryReport> => {
  const { lanes, clock } = courier;
  const outcomes: Outcome[] = [];
  const openedLanes: string[] = [];
  let unreadable = 0;
  let asked = 0;
  const recover = async (integrationId: string): Promise<'open' | 'paused' | 'not asked'> => {
    const lane = await lanes.read(integrationId);
    if (lane === 'unreadable') {
      unreadable += 1;
      return 'not asked';
    }
    if (!lane.pause) {
      if (integrationId !== accountLane)
        await lanes.suggest(integrationId, (fresh) => backAmongOpen(fresh, clock.now()));
      return 'open';
    }
    if (integrationId !== accountLane) await countHourly(lane, courier);
    if (!lane.pause.end) return 'not asked';
    const { kind, outcomes: ended } = await tryToOpen(lane, lane.pause, lane.pause.end, options, courier);
    outcomes.push(...ended);
    if (kind === 'open') openedLanes.push(integrationId);
    return kind;
  };
  // While the account is paused, no call for a single integration could show anything.
  if ((await recover(accountLane)) === 'open') {
    const mayStart = (): boolean => hasTime(options) && asked < maxReadings;
    await inParallel(lanes.directory('paused', clock.now()), options.parallelism, mayStart, async (entry) => {
      // Checked again, because several are started concurrently.
      if (entry.integrationId === accountLane || !mayStart()) return;
      asked += 1;
      if ((await recover(entry.integrationId)) === 'not asked') asked -= 1;
    });
  } else await countBehindAccount(options, courier);
  return { outcomes, opened: openedLanes, unreadable };
};

/** Moves an open lane back to the list of open lanes. */
const backAmongOpen = (lane: Lane, now: number): Lane =>
  lane.pause ? lane : { ...lane, nextAt: Math.min(lane.nextAt ?? now, now) };

interface Trial {
  readonly kind: 'open' | 'paused' | 'not asked';
  readonly outcomes: readonly Outcome[];
}

const stillPaused = (outcomes: readonly Outcome[] = []): Trial => ({ kind: 'paused', outcomes });

/** One step towards the end of a pause: a reading, or a listing and one file. */
const tryToOpen = async (
  lane: Lane,
  pause: Pause,
  end: PauseEnd,
  options: RunOptions,
  courier: RunCourier,
): Promise<Trial> => {
  const { integrationId } = lane;
  const { keyVersion: _key, integrationSetting: _setting, unanswered = false, ...bare } = end;
  const inUse = await keyAndSetting(end, courier);
  const isChanged = inUse.keyVersion !== end.keyVersion || inUse.integrationSetting !== end.integrationSetting;
  const now = courier.clock.now();
  if ((!isChanged && end.nextAt > now) || !hasTime(options)) return stillPaused();

  const inEveryRun = { ...bare, ...inUse, nextAt: now + readingEveryMs };
  const files = await probeFiles(lane, end, options, courier);
  const { target } = files;
  if (!target) {
    // Otherwise the pause of an id that is a mistake in a key would never end, because no upload uses that id.
    if (mayBeMistyped(lane, courier.settings.integrationId) && integrationId !== accountLane)
      return openLane(lane, pause, [], courier);
    // No file waits, so nothing can be tried until the next upload.
    await takeTurn(lane, pause, inEveryRun, courier);
    return { kind: 'not asked', outcomes: [] };
  }
  // With the current settings its files go to another integration, so this lane shows nothing.
  const isElsewhere = integrationId !== accountLane && target.integrationId !== integrationId;
  const after =
    isChanged || isElsewhere
      ? { next: 'send' as const, end: bare }
      : await readFirst(pause, bare, target, options, courier);
  const taken = { ...(after.next === 'wait' ? after.end : probeTaken(pause, after.end, now)), ...inUse };
  if (!(await takeTurn(lane, pause, taken, courier)) || after.next === 'wait') return stillPaused();
  // If nothing may be sent, a listing is needed as well.
  const isProof = files.sendable.length === 0;
  if (after.next === 'probe' || isProof) {
    const shown = await listingShows(integrationId, pause.code, target, options, courier);
    // A listing that merely timed out is tried again soon instead of in an hour.
    if (shown === 'no answer' && !unanswered) {
      await changeEnd(lane, { nextAt: now + readingEveryMs, unanswered: true }, courier);
      return stillPaused();
    }
    if (shown === 'there' || (isProof && shown !== 'gone')) return stillPaused();
  }

  const probe = await sendProbe(integrationId, files, pause.code, options, courier);
  if (probe.hasEnded) return openLane(lane, pause, probe.outcomes, courier);
  // Kombo was not called at all, so the next probe need not wait. For the account it uses another lane.
  if (probe.sentId === undefined) await changeEnd(lane, { nextAt: now + readingEveryMs }, courier);
  else await changeEnd(lane, { probedId: probe.sentId }, courier);
  return stillPaused(probe.outcomes);
};

/** The key's version is read only if the pause has one, because then the key may be its cause. */
const keyAndSetting = async (
  end: PauseEnd,
  { apiKey, settings }: RunCourier,
): Promise<Pick<PauseEnd, 'keyVersion' | 'integrationSetting'>> => {
  const keyVersion = end.keyVersion === undefined ? undefined : await apiKey.version().catch(() => end.keyVersion);
  const integrationSetting = end.integrationSetting === undefined ? undefined : settings.integrationId;
  return { keyVersion, integrationSetting };
};

const readFirst = async (
  pause: Pause,
  end: PauseEnd,
  target: Target,
  { deadline }: RunOptions,
  { kombo, clock }: RunCourier,
): Promise<ReturnType<typeof afterReading>> => {
  if (end.by === 'probe') return { next: 'probe', end };
  const own = deadlineWithin(clock, deadline, checkTimeoutMs);
  const answer = await kombo.integration(target.integrationId, own.signal).finally(own.clear);
  return afterReading(end, readingOf(pause.code, target.kind, answer), clock.now());
};

/** Of two runs that reach the lane at the same time, only one gets the turn. */
const takeTurn = async (
  { integrationId }: Lane,
  pause: Pause,
  end: PauseEnd,
  { lanes }: RunCourier,
): Promise<boolean> => {
  const isSame = (now: Pause | undefined): boolean =>
    now?.since === pause.since && now.end?.nextAt === pause.end?.nextAt && now.end?.probes === pause.end?.probes;
  const lane = await lanes.change(integrationId, (fresh) =>
    isSame(fresh.pause) ? { ...fresh, pause: { ...pause, end } } : fresh,
  );
  return lane !== 'unreadable' && lane.pause?.end === end;
};

/** A pause that an operator started in the meantime is kept. */
const openLane = async (
  { integrationId }: Lane,
  pause: Pause,
  outcomes: readonly Outcome[],
  { lanes, clock }: RunCourier,
): Promise<Trial> => {
  const lane = await lanes.change(integrationId, (fresh) =>
    fresh.pause?.since === pause.since && fresh.pause.by === 'kombo' ? opened(fresh, clock.now()) : fresh,
  );
  return lane !== 'unreadable' && !lane.pause ? { kind: 'open', outcomes } : stillPaused(outcomes);
};

const changeEnd = async ({ integrationId }: Lane, change: Partial<PauseEnd>, { lanes }: RunCourier): Promise<void> => {
  await lanes.change(integrationId, (fresh) =>
    fresh.pause?.end ? { ...fresh, pause: { ...fresh.pause, end: { ...fresh.pause.end, ...change } } } : fresh,
  );
};
