import type { Condition, Item, Table } from '../../../lib/ledger/table.ts';
import type { Process, World } from './world.ts';

/** What may go wrong at the table; each is asked once per call. */
export interface TableFaults {
  /** The call is refused with an error, and did nothing. */
  unavailable(): boolean;
  /** The write is done and its answer lost; the SDK repeats it. */
  lostAnswer(): boolean;
  /** How old a view an index query shows, in milliseconds. */
  staleMs(): number;
}

interface Version {
  readonly at: number;
  readonly item: Item | undefined;
}

/** The items and, for the indexes, what they were a moment ago. */
export class SimulatedTable {
  readonly #items = new Map<string, Version[]>();
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  items(): readonly Item[] {
    return [...this.#items.values()].flatMap((versions) => versions.at(-1)?.item ?? []);
  }

  get(pk: string): Item | undefined {
    return this.#items.get(pk)?.at(-1)?.item;
  }

  write(pk: string, item: Item | undefined): void {
    const versions = this.#items.get(pk) ?? [];
    versions.push({ at: this.#world.now(), item });
    this.#items.set(pk, versions.slice(-20));
  }

  holds(pk: string, condition: Condition): boolean {
    const item = this.get(pk);
    if (condition.kind === 'absent') return item === undefined;
    return item?.version === condition.version && (condition.owner === undefined || item.owner === condition.owner);
  }

  asOf(time: number): readonly Item[] {
    return [...this.#items.values()].flatMap((versions) => versions.findLast(({ at }) => at <= time)?.item ?? []);
  }
}

/** The table as one process sees it: every call is a step at which it can die. */
export const tableOf = (table: SimulatedTable, process: Process, world: World, faults: TableFaults): Table => {
  const call = <T>(label: string, effect: () => T): Promise<T> =>
    process.step(label, () => {
      if (!world.calm() && faults.unavailable()) throw new Error('The table does not answer.');
      return effect();
    });
  return {
    get: (pk) => call('table get', () => table.get(pk)),
    getMany: (pks) => call('table batch get', () => pks.flatMap((pk) => table.get(pk) ?? [])),
    put: async (item, condition) => {
      const put = () => {
        if (!table.holds(item.pk, condition)) return { written: false } as const;
        table.write(item.pk, item);
        if (item.status)
          world.tell(
            `${process.name}: ledger ${short(item.pk)} is ${item.status}${item.code ? ` (${item.code})` : ''}`,
          );
        return { written: true } as const;
      };
      const result = await call(`table put ${item.status ?? ''}`, put);
      // As the SDK does when the connection breaks: the same write once more.
      return !world.calm() && result.written && faults.lostAnswer() ? call('table put again', put) : result;
    },
    delete: (pk, condition) =>
      call('table delete', () => {
        if (!table.holds(pk, condition)) return 'refused';
        table.write(pk, undefined);
        return 'deleted';
      }),
    query: (query) =>
      call(`table query ${query.hash}`, () => {
        const seen = table.asOf(world.now() - (world.calm() ? 0 : faults.staleMs()));
        const range = (item: Item): number => (query.index === 'work' ? item.workAt : item.createdAt) ?? 0;
        const sign = query.index === 'work' && query.newestFirst ? -1 : 1;
        const order = (a: Place, b: Place): number =>
          sign * (a.range - b.range || (a.pk < b.pk ? -1 : Number(a.pk > b.pk)));
        const placeOf = (item: Item): Place => ({ pk: item.pk, range: range(item) });
        const begin = query.after && { pk: String(query.after.pk), range: Number(query.after.range) };
        const upTo = query.index === 'work' ? (query.upTo ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
        const rows = seen
          .filter((item) => (query.index === 'work' ? item.workShard : item.targetKey) === query.hash)
          .filter((item) => range(item) <= upTo)
          .filter((item) => !begin || order(placeOf(item), begin) > 0)
          .sort((a, b) => order(placeOf(a), placeOf(b)));
        const items = rows.slice(0, query.limit);
        const last = items.at(-1);
        return last && items.length < rows.length ? { items, next: { ...placeOf(last) } } : { items };
      }),
  };
};

interface Place {
  readonly pk: string;
  readonly range: number;
}

const short = (pk: string): string => `…${pk.slice(-12)}`;
