import type { Item, Table } from '../../../lib/ledger/table.ts';
import { holds, indexPage, itemsOf, tablePage } from '../../fakes/table-rules.ts';
import type { Process, World } from './world.ts';

/** Faults of the table; each function is called once per call of the table. */
export interface TableFaults {
  /** The call fails with an error and has no effect. */
  unavailable(): boolean;
  /** The write is carried out, but its answer is lost, so the SDK retries it. */
  lostAnswer(): boolean;
  /** The age of the view that an index query shows, in milliseconds. */
  staleMs(): number;
}

interface Version {
  readonly at: number;
  readonly item: Item | undefined;
}

/** Called for each write, with the item before. */
export type Witness = (before: Item | undefined, item: Item, by: Process) => void;

/** The items and, for the indexes, their earlier states. */
export class SimulatedTable {
  readonly #items = new Map<string, Version[]>();
  readonly #now = new Map<string, Item>();
  /** The partitions of both indexes as they are now. */
  readonly #partitions = new Map<string, Map<string, Item>>();
  readonly #world: World;
  witness: Witness | undefined;

  constructor(world: World) {
    this.#world = world;
  }

  items(): readonly Item[] {
    return [...this.#now.values()];
  }

  get(pk: string): Item | undefined {
    return this.#now.get(pk);
  }

  /** When it was last written, in milliseconds since the epoch. */
  writtenAt(pk: string): number {
    return this.#items.get(pk)?.at(-1)?.at ?? 0;
  }

  write(pk: string, item: Item | undefined): void {
    const versions = this.#items.get(pk) ?? [];
    versions.push({ at: this.#world.now(), item });
    if (versions.length > 40) versions.splice(0, 20);
    this.#items.set(pk, versions);
    for (const hash of hashesOf(this.#now.get(pk))) this.#partitions.get(hash)?.delete(pk);
    if (item) this.#now.set(pk, item);
    else this.#now.delete(pk);
    for (const hash of hashesOf(item)) {
      const partition = this.#partitions.get(hash) ?? new Map<string, Item>();
      this.#partitions.set(hash, partition.set(pk, item as Item));
    }
  }

  partition(hash: string): Iterable<Item> {
    return this.#partitions.get(hash)?.values() ?? [];
  }

  asOf(time: number): readonly Item[] {
    return [...this.#items.values()].flatMap((versions) => versions.findLast(({ at }) => at <= time)?.item ?? []);
  }
}

const hashesOf = (item: Item | undefined): readonly string[] =>
  [item?.workShard, item?.targetKey].filter((hash) => hash !== undefined);

/** The table as one process sees it: every call is a step at which the process can crash. */
export const tableOf = (table: SimulatedTable, process: Process, world: World, faults: TableFaults): Table => {
  const call = <T>(label: string, effect: () => T): Promise<T> =>
    process.step(label, () => {
      if (!world.calm() && faults.unavailable()) throw new Error('The table does not answer.');
      return effect();
    });
  return {
    get: (pk) => call(pk.startsWith('lane#') ? 'table get lane' : 'table get', () => table.get(pk)),
    getMany: (pks) => call('table batch get', () => itemsOf((pk) => table.get(pk), pks)),
    put: async (item, condition) => {
      const put = () => {
        const found = table.get(item.pk);
        if (!holds(found, condition)) return { written: false, ...(found && { found }) } as const;
        table.witness?.(found, item, process);
        table.write(item.pk, item);
        if (item.status)
          world.tell(
            `${process.name}: ledger ${short(item.pk)} is ${item.status}${item.code ? ` (${item.code})` : ''}`,
          );
        return { written: true } as const;
      };
      const result = await call(`table put ${item.status ?? ''}`, put);
      // Retries the same write, as the SDK does when the connection breaks.
      return !world.calm() && result.written && faults.lostAnswer() ? call('table put again', put) : result;
    },
    delete: (pk, condition) =>
      call('table delete', () => {
        if (!holds(table.get(pk), condition)) return 'refused';
        table.write(pk, undefined);
        return 'deleted';
      }),
    query: (query) =>
      call(`table query ${query.hash}`, () => {
        const staleMs = world.calm() ? 0 : faults.staleMs();
        return indexPage(staleMs === 0 ? table.partition(query.hash) : table.asOf(world.now() - staleMs), query);
      }),
    scan: (limit, after) => call('table scan', () => tablePage(table.asOf(world.now()), limit, after)),
  };
};

const short = (pk: string): string => `…${pk.slice(-12)}`;
