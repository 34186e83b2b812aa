import type { Condition, IndexQuery, Item, Table } from '../../lib/ledger/table.ts';

export interface MemoryTable extends Table {
  readonly items: Map<string, Item>;
  /** What was asked of it since it was last emptied: `put`, `get`, ... */
  readonly calls: string[];
  /** The next so many calls of that kind fail, and do nothing. */
  fail(call: 'get' | 'put' | 'query', times: number): void;
}

/** A table in memory that answers as DynamoDB does, refusals with the item included, and can be out of order. */
export const memoryTable = (): MemoryTable => {
  const items = new Map<string, Item>();
  const calls: string[] = [];
  const failures = new Map<string, number>();

  const called = async (call: string): Promise<void> => {
    calls.push(call);
    const left = failures.get(call) ?? 0;
    failures.set(call, left - 1);
    await Promise.resolve();
    if (left > 0) throw new Error('The table does not answer.');
  };

  const holds = (pk: string, condition: Condition): boolean => {
    const item = items.get(pk);
    if (condition.kind === 'absent') return item === undefined;
    return item?.version === condition.version && (condition.owner === undefined || item.owner === condition.owner);
  };

  const rangeOf = (item: Item, asked: IndexQuery): number | undefined => {
    if (asked.index === 'target') return item.targetKey === asked.hash ? item.createdAt : undefined;
    return item.workShard === asked.hash && (item.workAt ?? 0) <= (asked.upTo ?? Infinity) ? item.workAt : undefined;
  };

  return {
    items,
    calls,
    fail: (call, times) => void failures.set(call, times),
    get: async (pk) => {
      await called('get');
      return items.get(pk);
    },
    getMany: async (pks) => {
      await called('getMany');
      return pks.flatMap((pk) => items.get(pk) ?? []);
    },
    put: async (item, condition) => {
      await called('put');
      const found = items.get(item.pk);
      if (!holds(item.pk, condition)) return { written: false, ...(found && { found }) };
      items.set(item.pk, item);
      return { written: true };
    },
    delete: async (pk, condition) => {
      await called('delete');
      if (!holds(pk, condition)) return 'refused';
      items.delete(pk);
      return 'deleted';
    },
    query: async (asked) => {
      await called('query');
      // A page begins behind the place where the last one ended, even when that item has left the index since.
      const begin = typeof asked.after?.place === 'string' ? asked.after.place : undefined;
      const sign = asked.index === 'work' && asked.newestFirst ? -1 : 1;
      const order = (one: string, other: string): number => sign * (one < other ? -1 : Number(one > other));
      const placed = [...items.values()]
        .flatMap((item) => {
          const at = rangeOf(item, asked);
          return at === undefined ? [] : [{ place: `${String(at).padStart(20, '0')} ${item.pk}`, item }];
        })
        .filter(({ place }) => begin === undefined || order(place, begin) > 0)
        .sort((one, other) => order(one.place, other.place));
      const page = placed.slice(0, asked.limit);
      const last = page.at(-1);
      const shown = page.map(({ item }) => item);
      return placed.length > page.length && last ? { items: shown, next: { place: last.place } } : { items: shown };
    },
  };
};
