import type { Clock } from '../clock.ts';
import type { Table } from '../ledger/table.ts';
import { ledgerPageSize, maxConflictRounds, pauseViewLifetimeMs, probeIntervalMs } from '../limits.ts';
import { accountScope, type Pause } from './pause.ts';
import { fromPauseItem, pauseKey, pauseShard, toPauseItem } from './pause-item.ts';

/** Where the pauses are kept: beside the uploads, as `pause#<scope>`; those that are not closed in index `work`. */
export interface PauseStore {
  /** The pause that stops this integration now, if any, besides the one that is probed. Read at most once per 30 s. */
  stopping(integrationId: string, probe?: string): Promise<Pause | undefined>;
  /** Begins a pause, unless one is open for the scope. Only an operator's replaces an open one, if Kombo began that. */
  begin(pause: Pick<Pause, 'scope' | 'code' | 'by' | 'reason'> & { readonly selfHealing: boolean }): Promise<void>;
  /**
   * Ends an open pause; its files are released by the schedule. `undefined` when there is none. A probe, which may
   * have been under way for minutes, does not end what an operator has begun meanwhile.
   */
  end(scope: string, ended: { readonly by: 'probe' | 'operator'; readonly reason: string }): Promise<Pause | undefined>;
  /** Takes the turn to probe when it has come: one delivery per turn and scope, whoever asks. */
  takeProbe(pause: Pause): Promise<boolean>;
  /** Writes down that all files of an ended pause were released. */
  close(pause: Pause): Promise<void>;
  /** All that are open or releasing. */
  list(): Promise<readonly Pause[]>;
}

export const pausesOn = (table: Table, clock: Clock): PauseStore => {
  let view: { readonly at: number; readonly pauses: Promise<readonly Pause[]> } | undefined;

  /** Deliveries that begin side by side share one reading; a reading that failed is not kept. */
  const readView = (): Promise<readonly Pause[]> => {
    if (view && clock.now() - view.at <= pauseViewLifetimeMs) return view.pauses;
    const fresh = { at: clock.now(), pauses: list() };
    view = fresh;
    fresh.pauses.catch(() => {
      if (view === fresh) view = undefined;
    });
    return fresh.pauses;
  };

  /** What this function has written it knows at once, though the index may show it only later. */
  const remember = (pause: Pause): void => {
    if (!view) return;
    const pauses = view.pauses.then((known) => [...known.filter(({ scope }) => scope !== pause.scope), pause]);
    // Whoever waits for the view hears of its failure.
    pauses.catch(() => undefined);
    view = { at: view.at, pauses };
  };

  const read = async (scope: string): Promise<Pause | undefined> => {
    const item = await table.get(pauseKey(scope));
    return item && fromPauseItem(item);
  };

  const write = async (next: Pause, seen: Pause | undefined): Promise<boolean> => {
    const condition = seen ? ({ kind: 'unchanged', version: seen.version } as const) : ({ kind: 'absent' } as const);
    const { written } = await table.put(toPauseItem(next), condition);
    if (written) remember(next);
    else view = undefined;
    return written;
  };

  const list: PauseStore['list'] = async () => {
    const pauses: Pause[] = [];
    let after: Awaited<ReturnType<Table['query']>>['next'];
    do {
      const page = await table.query({
        index: 'work',
        hash: pauseShard,
        limit: ledgerPageSize,
        ...(after && { after }),
      });
      pauses.push(...page.items.map(fromPauseItem));
      after = page.next;
    } while (after);
    return pauses;
  };

  const begin: PauseStore['begin'] = async ({ selfHealing, ...pause }) => {
    for (let round = 1; round <= maxConflictRounds; round += 1) {
      const seen = await read(pause.scope);
      // An operator's pause outlives what Kombo says meanwhile.
      if (seen?.state === 'open' && (pause.by === 'kombo' || seen.by === 'operator')) return remember(seen);
      const since = clock.now();
      const probe = selfHealing ? { probeAt: since + probeIntervalMs } : {};
      const next: Pause = { ...pause, state: 'open', since, ...probe, version: (seen?.version ?? 0) + 1 };
      if (await write(next, seen)) return;
    }
    throw new Error('Too many writers at once on one pause.');
  };

  const end: PauseStore['end'] = async (scope, ended) => {
    const at = clock.now();
    for (let round = 1; round <= maxConflictRounds; round += 1) {
      const seen = await read(scope);
      // The SDK repeats a write whose answer got lost, and is then refused by the write's own success.
      if (round > 1 && seen?.state === 'releasing' && seen.ended?.at === at && seen.ended.reason === ended.reason) {
        return seen;
      }
      if (seen?.state !== 'open' || (ended.by === 'probe' && seen.by === 'operator')) return undefined;
      const next: Pause = { ...seen, state: 'releasing', ended: { ...ended, at }, version: seen.version + 1 };
      if (await write(next, seen)) return next;
    }
    throw new Error('Too many writers at once on one pause.');
  };

  return {
    begin,
    end,
    list,
    stopping: async (integrationId, probe) => {
      const open = (await readView()).filter(({ state, scope }) => state === 'open' && scope !== probe);
      return open.find(({ scope }) => scope === accountScope) ?? open.find(({ scope }) => scope === integrationId);
    },
    takeProbe: async (pause) => {
      const now = clock.now();
      if (pause.state !== 'open' || pause.probeAt === undefined || pause.probeAt > now) return false;
      return write({ ...pause, probeAt: now + probeIntervalMs, version: pause.version + 1 }, pause);
    },
    close: async (pause) => {
      if (pause.state === 'releasing') await write({ ...pause, state: 'closed', version: pause.version + 1 }, pause);
    },
  };
};
