import type { Courier } from '../courier.ts';
import { isGivenUp, nextStepOfPause } from '../failures/advice.ts';
import { isFailureCode } from '../failures/failures.ts';
import { describeError } from '../failures/own-error.ts';
import { accountLane } from '../lane/lane.ts';
import { laneNameOf } from '../lane/lane-name.ts';
import { type DirectoryEntry, unreadableSentence } from '../lane/lane-store.ts';
import { pagesSince } from '../lane/pause.ts';
import { dayMs, ledgerPageSize, maxCounted } from '../limits.ts';
import { maskIntegrationId } from '../telemetry/mask-key.ts';
import { lateMs, readCanary } from './canary/canary.ts';
import { type LastReading, newSince } from './last-reading.ts';
import { newWaves } from './new-waves.ts';
import type { RunCourier } from './run-options.ts';
import type { Gauges } from './run-report.ts';
import { lastPassOf } from './sweep.ts';
import { readSweep } from './sweep-store.ts';

export type GaugesCourier = Pick<RunCourier, 'settings' | 'ledger' | 'lanes' | 'clock' | 'log'> &
  Pick<Courier, 'table'>;

/** The result of one reading; the counts of unreadable records are added up. */
type Part = Partial<Omit<Gauges, 'isComplete' | 'unreadable'>> & { readonly unreadable?: number };

/**
 * Reads the gauges. A gauge that cannot be read is left out, because 0 would clear its alarm; the other gauges and the
 * run continue. Never throws.
 * @param last the previous reading. Everything that started since then is new, however long ago that was
 */
export const readGauges = async (courier: GaugesCourier, last: LastReading = {}): Promise<Gauges> => {
  const since = newSince(last, courier.clock.now());
  // Listed once for two readings. If it fails, both fail.
  const listed = listLanes(courier);
  const [held, rejected, waiting, ...withUnreadable] = await Promise.all([
    tryToRead('held files', readHeld(since, courier), courier),
    tryToRead('rejected files', readRejected(since, courier), courier),
    tryToRead(
      'files that wait',
      listed.then((lanes) => sumsOf(lanes, courier)),
      courier,
    ),
    tryToRead(
      'pauses',
      listed.then((lanes) => readLanes(lanes, since, courier)),
      courier,
    ),
    tryToRead('leases', readLeases(courier), courier),
    tryToRead('sweep', readLastSweep(courier), courier),
    tryToRead('canary', readLateCanary(courier), courier),
  ]);
  const parts = [held, rejected, waiting, ...withUnreadable];
  const unreadable = withUnreadable.reduce((sum, part) => sum + (part?.unreadable ?? 0), 0);
  // A failed reading may hide unreadable records. The ones that other readings found are still reported.
  const isKnown = unreadable > 0 || !withUnreadable.includes(undefined);
  return {
    ...Object.assign({}, ...parts),
    unreadable: isKnown ? Math.min(maxCounted, unreadable) : undefined,
    isComplete: !parts.includes(undefined),
  };
};

const tryToRead = (gauge: string, reading: Promise<Part>, { log }: GaugesCourier): Promise<Part | undefined> =>
  reading.catch((error: unknown) => {
    log.error('A gauge could not be read, so its alarms stay as they are.', {
      gauge,
      error: describeError(error),
      nextStep: 'Check the throttling and error metrics of the ledger table. The next run reads it again.',
    });
    return undefined;
  });

/** Includes unreadable held records, because they need an operator as well. */
const readHeld = async (since: number, { ledger, settings }: GaugesCourier): Promise<Part> => {
  const files = await ledger.queued('held');
  return { held: Math.min(maxCounted, files.length), heldNew: newWaves(files, settings, since) };
};

const readRejected = async (since: number, { ledger, settings, clock }: GaugesCourier): Promise<Part> => {
  const files = (await ledger.queued('rejected')).filter(({ code }) => !isOperatorsDecision(code));
  const ofLastDay = files.filter(({ at }) => at >= clock.now() - dayMs);
  return { rejectedLastDay: Math.min(maxCounted, ofLastDay.length), rejectedNew: newWaves(files, settings, since) };
};

/** An operator gave it up; its alarm rang when it was held. An unknown code of a newer version counts. */
const isOperatorsDecision = (code: string | undefined): boolean => isFailureCode(code) && isGivenUp(code);

interface ListedLanes {
  readonly paused: readonly DirectoryEntry[];
  readonly open: readonly DirectoryEntry[];
}

const listLanes = async ({ lanes }: GaugesCourier): Promise<ListedLanes> => {
  const listed: { paused: DirectoryEntry[]; open: DirectoryEntry[] } = { paused: [], open: [] };
  for (const part of ['paused', 'open'] as const) {
    for await (const entry of lanes.directory(part)) {
      listed[part].push(entry);
      if (listed.paused.length + listed.open.length >= maxCounted) break;
    }
  }
  return listed;
};

const sumsOf = ({ paused, open }: ListedLanes, { clock }: GaugesCourier): Part => {
  const now = clock.now();
  const sums = { waiting: 0, unknown: 0 };
  let oldestAt = now;
  for (const { waiting, unknown, oldestAt: oldest } of [...paused, ...open]) {
    sums.waiting += waiting;
    sums.unknown += unknown;
    oldestAt = Math.min(oldestAt, oldest ?? now);
  }
  return {
    waiting: Math.min(maxCounted, sums.waiting),
    unknown: Math.min(maxCounted, sums.unknown),
    oldestWaitingMs: now - oldestAt,
    paused: paused.length,
  };
};

/**
 * The index shows neither since when a lane is paused nor whether its item is readable. Open lanes are checked in order
 * of their due time. An unreadable one is listed with the pauses once a run has found it.
 */
const readLanes = async (
  { paused, open }: ListedLanes,
  since: number,
  { lanes, clock, log }: GaugesCourier,
): Promise<Part> => {
  const now = clock.now();
  // An unreadable account item closes every lane and may not be listed anywhere.
  const ids = new Set([
    accountLane,
    ...[...paused, ...open.slice(0, ledgerPageSize)].map((entry) => entry.integrationId),
  ]);
  let pagingPauses = 0;
  let pausesNew = 0;
  let unreadable = [...paused, ...open].reduce((sum, entry) => sum + entry.unreadable, 0);
  for (const [id, lane] of await lanes.readMany([...ids])) {
    const integration = maskIntegrationId(id);
    if (lane === 'unreadable') {
      unreadable += 1;
      log.error('A lane cannot be read, so it counts as paused.', {
        integration: laneNameOf(integration),
        nextStep: unreadableSentence,
      });
      continue;
    }
    const { pause } = lane;
    const pagesAt = pause && pagesSince(pause, now);
    if (!pause || pagesAt === undefined) continue;
    pagingPauses += 1;
    if (pagesAt > since) pausesNew += 1;
    const { code } = pause;
    log.error('A pause needs an operator.', {
      integration: laneNameOf(integration),
      code,
      since: new Date(pause.since).toISOString(),
      nextStep: nextStepOfPause(code),
    });
  }
  return { pagingPauses, pausesNew, unreadable };
};

/** This run reads the expired leases anyway. Unreadable records in lanes are counted when the lanes are worked on. */
const readLeases = async ({ ledger }: GaugesCourier): Promise<Part> => {
  let unreadable = 0;
  let read = 0;
  for await (const { readable } of ledger.work('lease', ledgerPageSize)) {
    if (!readable) unreadable += 1;
    read += 1;
    if (read >= maxCounted) break;
  }
  return { unreadable };
};

/** Empty while the canary is off. */
const readLateCanary = async (courier: GaugesCourier): Promise<Part> => {
  const key = courier.settings.canaryKey;
  return key === undefined ? {} : { canaryLateMs: lateMs(await readCanary(key, courier), courier.clock.now()) };
};

/** No sweep runs while its item is unreadable, and no age would show that. */
const readLastSweep = async ({ table, settings, clock }: GaugesCourier): Promise<Part> => {
  const { state } = await readSweep(table);
  if (state === undefined) return {};
  if (state === 'damaged') return settings.sweepSince === undefined ? { unreadable: 1 } : {};
  const { lastPass } = lastPassOf(state, clock.now());
  return lastPass ? { unaccounted: lastPass.unaccounted, sweepAgeMs: lastPass.ageMs } : {};
};
