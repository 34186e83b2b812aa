import type { Clock } from '../clock.ts';
import type { Table } from '../ledger/table.ts';
import { ledgerPageSize, maxConflictRounds, pauseViewLifetimeMs, probeIntervalMs } from '../limits.ts';
import { accountScope, type Pause } from './pause.ts';
import { fromPauseItem, pauseKey, pauseShard, toPauseItem } from './pause-item.ts';

/** Where the pauses are kept: beside the uploads, as `pause#<scope>`; those that are not closed in index `work`. */
export interface PauseStore {
  /** The open pause of this integration, if any, except the one that is being probed. Read at most once per 30 s. */
  stopping(integrationId: string, probe?: string): Promise<Pause | undefined>;
  /** Starts a pause, unless one is open for the scope. An operator's pause replaces an open one that Kombo caused. */
  begin(pause: Pick<Pause, 'scope' | 'code' | 'by' | 'reason'> & { readonly selfHealing: boolean }): Promise<void>;
  /**
   * Ends an open pause; the schedule releases its files. `undefined` when there is none. A probe, which may have run
   * for minutes, does not end a pause that an operator has started in the meantime.
   */
  end(scope: string, ended: { readonly by: 'probe' | 'operator'; readonly reason: string }): Promise<Pause | undefined>;
  /** Takes the turn to probe if it is due: one delivery per turn and scope, however many invocations ask. */
  takeProbe(pause: Pause): Promise<boolean>;
  /** Records that all files of an ended pause were released. */
  close(pause: Pause): Promise<void>;
  /** All pauses that are open or releasing. */
  list(): Promise<readonly Pause[]>;
}

export const pausesOn = (table: Table, clock: Clock): PauseStore => {
  let view: { readonly at: number; readonly pauses: Promise<readonly Pause[]> } | undefined;

  /** Deliveries that start concurrently share one reading; a failed reading is not kept. */
  const readView = (): Promise<readonly Pause[]> => {
    if (view && clock.now() - view.at <= pauseViewLifetimeMs) return view.pauses;
    const fresh = { at: clock.now(), pauses: list() };
    view = fresh;
    fresh.pauses.catch(() => {
      if (view === fresh) view = undefined;
    });
    return fresh.pauses;
  };

  /** This function uses its own write immediately, because the index may show it only later. */
  const remember = (pause: Pause): void => {
    if (!view) return;
    const pauses = view.pauses.then((known) => [...known.filter(({ scope }) => scope !== pause.scope), pause]);
    // The callers that wait for the view handle its failure.
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
      // No pause replaces an operator's open one, and a pause that Kombo causes replaces no open one.
      if (seen?.state === 'open' && (pause.by === 'kombo' || seen.by === 'operator')) return remember(seen);
      const since = clock.now();
      const probe = selfHealing ? { probeAt: since + probeIntervalMs } : {};
      const next: Pause = { ...pause, state: 'open', since, ...probe, version: (seen?.version ?? 0) + 1 };
      if (await write(next, seen)) return;
    }
    throw new Error('Too many conflicting writes to one pause.');
  };

  const end: PauseStore['end'] = async (scope, ended) => {
    const at = clock.now();
    for (let round = 1; round <= maxConflictRounds; round += 1) {
      const seen = await read(scope);
      // The SDK repeats a write whose response got lost; the repeat then conflicts with the first write, which succeeded.
      if (round > 1 && seen?.state === 'releasing' && seen.ended?.at === at && seen.ended.reason === ended.reason) {
        return seen;
      }
      if (seen?.state !== 'open' || (ended.by === 'probe' && seen.by === 'operator')) return undefined;
      const next: Pause = { ...seen, state: 'releasing', ended: { ...ended, at }, version: seen.version + 1 };
      if (await write(next, seen)) return next;
    }
    throw new Error('Too many conflicting writes to one pause.');
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
