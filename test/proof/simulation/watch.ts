import { type FailureCode, failureOf } from '../../../lib/failures/failures.ts';
import { accountLane } from '../../../lib/lane/lane.ts';
import { fromLaneItem, laneKey } from '../../../lib/lane/lane-item.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { fromItem } from '../../../lib/ledger/record-item.ts';
import type { Item } from '../../../lib/ledger/table.ts';
import type { SimulatedKombo } from './simulated-kombo.ts';
import type { SimulatedScan } from './simulated-scan.ts';
import type { SimulatedTable } from './simulated-table.ts';
import type { Process, World } from './world.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

/** Clocks differ by two minutes, an index lags by one, and a step takes some seconds. */
const marginMs = 4 * minute;
/** A cached lane is at most 30 s old; the steps between it and a claim take seconds, unless the process freezes. */
const longestViewMs = 3 * minute;
/** A file of a healthy lane that was due in this many runs was starved by others. */
const runsToStarve = 3;
const longestIntervalMs = 60 * minute;
/** Two probes of an outage fit into this interval. Each waits for a run, and is repeated in the next one when S3 fails for its file. */
const fourRunsMs = 20 * minute;

/** A file that waits in a lane, as it was when a run started. */
interface Due {
  readonly pk: string;
  readonly version: number;
  readonly integrationId: string;
}

/** Promises that can be checked only during a history: which files wait for which, and what is written where. */
export class Watch {
  readonly broken: string[] = [];
  readonly #world: World;
  readonly #table: SimulatedTable;
  readonly #kombo: SimulatedKombo;
  /** By lane: when its pause last started or ended, and when it ended. */
  readonly #turnedAt = new Map<string, number>();
  readonly #openedAt = new Map<string, number>();
  /**
   * Files that a process recorded after a freeze, by key and version: the touch before them may be older than the time for
   * which a lane is read in every run, and then they wait until the lane would be removed from the directory.
   */
  readonly #writtenLate = new Set<string>();
  /** Consecutive runs that did not handle a file. */
  readonly #passedOver = new Map<string, number>();

  readonly #scan: Pick<SimulatedScan, 'sees'> | undefined;

  constructor(world: World, table: SimulatedTable, kombo: SimulatedKombo, scan?: Pick<SimulatedScan, 'sees'>) {
    this.#world = world;
    this.#table = table;
    this.#kombo = kombo;
    this.#scan = scan;
    table.witness = (before, item, by) => this.#sees(before, item, by);
  }

  #says(sentence: string): void {
    if (!this.broken.includes(sentence)) this.broken.push(sentence);
  }

  #sees(before: Item | undefined, item: Item, by: Process): void {
    if (item.pk.startsWith('lane#')) {
      const [was, is] = [before?.status === 'lane paused', item.status === 'lane paused'];
      if (was === is) return;
      this.#turnedAt.set(item.pk, this.#world.now());
      if (!is) this.#openedAt.set(item.pk, this.#world.now());
      this.#world.tell(`${by.name}: ${item.pk} is ${is ? `paused (${item.code})` : 'open'}`);
      return;
    }
    const lane = laneIn(item);
    if (lane !== undefined && !this.#isInDirectory(lane)) {
      this.#says(`stranded: a file enters ${lane}, which no run reads`);
    }
    if (lane !== undefined && by.frozen()) this.#writtenLate.add(`${item.pk}@${item.version}`);
    // A verdict is written without taking the lease of an attempt in progress.
    if (item.status === 'sending' && before?.owner !== item.owner) this.#seesClaim(item, by);
    this.#scan?.sees(before, item);
    if (item.status === 'held') this.#seesHeld(fromItem(item));
  }

  #isInDirectory(integrationId: string): boolean {
    return this.#table.get(laneKey(integrationId))?.workShard?.startsWith('lanes') === true;
  }

  #isPaused(integrationId: string): boolean {
    return this.#table.get(laneKey(integrationId))?.status === 'lane paused';
  }

  /** For how long neither this lane nor the account has been paused or opened. */
  #settledMs(integrationId: string): number {
    const turns = [accountLane, integrationId].map((id) => this.#turnedAt.get(laneKey(id)) ?? 0);
    return this.#world.now() - Math.max(...turns);
  }

  /** While a lane is paused, only the probe of a run is sent. */
  #seesClaim(item: Item, by: Process): void {
    const integrationId = fromItem(item).target?.integrationId;
    if (integrationId === undefined || !by.name.startsWith('upload') || by.frozen()) return;
    const isPaused = this.#isPaused(integrationId) || this.#isPaused(accountLane);
    if (isPaused && this.#settledMs(integrationId) > longestViewMs) {
      this.#says(`sent in a pause: …${item.pk.slice(-8)} of ${integrationId}`);
    }
  }

  /** The time of a pause or an outage does not count against a file. */
  #seesHeld({ upload, state, target, countedAttempts = 0, unknownAttempts = 0, ...record }: LedgerRecord): void {
    if (state.status !== 'held' || !target) return;
    const { code, detail } = state.failure;
    const openings = [accountLane, target.integrationId].map((id) => this.#openedAt.get(laneKey(id)) ?? 0);
    const openForMs = this.#world.now() - Math.max(...openings);
    const name = `…${upload.etag.slice(-8)}`;
    if (code === 'RETRIES_EXHAUSTED') {
      const last = / ended with ([\w.]+?)\. /.exec(detail)?.[1];
      if (last && failureOf(last as FailureCode).outage !== 'no')
        this.#says(`held by an outage: ${name} after ${last}`);
      const isByTime = countedAttempts + 1 < 12;
      if (isByTime && openForMs < day - marginMs)
        this.#says(
          `held by an outage: ${name} has had ${Math.round(openForMs / minute)} minutes since its lane opened`,
        );
    }
    const listing = /did not list the target's files: ([\w.]+?)\.$/.exec(record.lastLook?.problem ?? '')?.[1];
    const isPassing = listing !== undefined && failureOf(listing as FailureCode).asListing === 'look-again';
    if (code === 'OUTCOME_UNKNOWN' && isPassing && openForMs < day - marginMs)
      this.#says(`held by an outage: ${name} was last looked for with ${listing}, and its lane has just opened`);
  }

  /** Files that this run must handle: due, in a lane that has been open and healthy for a while. */
  runBegins(): readonly Due[] {
    const now = this.#world.now();
    return this.#table.items().flatMap((item) => {
      const integrationId = laneIn(item);
      if (integrationId === undefined) return [];
      if (this.#writtenLate.has(`${item.pk}@${item.version}`)) return [];
      const isDue = Math.max(item.workAt ?? 0, this.#table.writtenAt(item.pk)) <= now - marginMs;
      return isDue && this.#isHealthy(integrationId, marginMs)
        ? [{ pk: item.pk, version: item.version, integrationId }]
        : [];
    });
  }

  /** `inTime`: the run ended because it had no more work. */
  runEnds(due: readonly Due[], startedAt: number, inTime: boolean): void {
    this.checkDirectory();
    if (!inTime) return;
    for (const { pk, version, integrationId } of due) {
      const id = `${pk}@${version}`;
      const isStill = this.#table.get(pk)?.version === version;
      if (!isStill || !this.#isHealthy(integrationId, this.#world.now() - startedAt)) this.#passedOver.delete(id);
      else {
        const runs = (this.#passedOver.get(id) ?? 0) + 1;
        this.#passedOver.set(id, runs);
        if (runs >= runsToStarve) this.#says(`starved: …${pk.slice(-8)} of ${integrationId} was due in ${runs} runs`);
      }
    }
  }

  #isHealthy(integrationId: string, sinceMs: number): boolean {
    if (this.#isPaused(integrationId) || this.#isPaused(accountLane)) return false;
    const throttledAt = this.#kombo.throttledAt.get(integrationId) ?? 0;
    const isCalm = this.#settledMs(integrationId) > sinceMs && this.#world.now() - throttledAt > sinceMs;
    return isCalm && this.#kombo.account?.active(integrationId).length === 0;
  }

  /** Checks that every lane with a waiting file is in the directory. */
  checkDirectory(): void {
    for (const item of this.#table.items()) {
      const lane = laneIn(item);
      if (lane !== undefined && !this.#isInDirectory(lane))
        this.#says(`stranded: a file waits in ${lane}, which no run reads`);
    }
  }

  /**
   * After the faults: a pause that Kombo caused has ended within its longest interval and four runs after its cause, if a file
   * waits there that could be sent and is not itself the cause. Files with an unknown outcome are looked at meanwhile.
   */
  checkPauses(calmAt: number, isFaulty: (pk: string) => boolean): void {
    const now = this.#world.now();
    // When a file is the cause, a probe with it fails.
    const faulty = this.#table.items().filter(({ pk }) => isFaulty(pk)).length;
    const longestMs = (1 + faulty) * longestIntervalMs + fourRunsMs + marginMs;
    for (const id of [accountLane, ...(this.#kombo.account?.integrations ?? [])]) {
      const item = this.#table.get(laneKey(id));
      const lane = item && fromLaneItem(item);
      if (!lane || lane === 'unreadable' || lane.pause?.by !== 'kombo') continue;
      const ends = (this.#kombo.account?.troubles ?? [])
        .filter((trouble) => trouble.kind !== 'poison' && (id === accountLane || (trouble.integrationId ?? id) === id))
        .map(({ until }) => Math.min(until, now));
      const opened = this.#openedAt.get(laneKey(accountLane)) ?? 0;
      const since = Math.max(calmAt, ...ends, opened, this.#turnedAt.get(laneKey(id)) ?? 0);
      if (id !== accountLane && this.#isPaused(accountLane)) continue;
      const waits = this.#table.items().some((one) => {
        const of = laneIn(one);
        if (of === undefined || (id !== accountLane && of !== id) || !isSendable(one) || isFaulty(one.pk)) return false;
        return now - Math.max(since, this.#table.writtenAt(one.pk)) > longestMs;
      });
      if (waits) this.#says(`paused forever: ${id} by ${lane.pause.code}`);
    }
  }
}

const isSendable = ({ status, code }: Item): boolean => status === 'waiting' && code !== 'SAME_BYTES_UNDECIDED';

/** The integration in whose lane the file waits; undefined when it waits in none. */
const laneIn = ({ workShard = '' }: Item): string | undefined => /^(?:wait|backfill)#(.*)$/.exec(workShard)?.[1];
