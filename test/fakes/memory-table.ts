import type { Item, Table } from '../../lib/ledger/table.ts';
import { holds, indexPage, itemsOf, tablePage } from './table-rules.ts';

export interface MemoryTable extends Table {
  readonly items: Map<string, Item>;
  /** The calls since the list was last emptied: `put`, `get`, ... */
  readonly calls: string[];
  /** This many of the next calls of that kind fail without an effect. */
  fail(call: 'get' | 'put' | 'query', times: number): void;
}

/** A table in memory that answers as DynamoDB does (a failed condition returns the item) and can be made to fail. */
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
      return itemsOf((pk) => items.get(pk), pks);
    },
    put: async (item, condition) => {
      await called('put');
      const found = items.get(item.pk);
      if (!holds(found, condition)) return { written: false, ...(found && { found }) };
      items.set(item.pk, item);
      return { written: true };
    },
    delete: async (pk, condition) => {
      await called('delete');
      if (!holds(items.get(pk), condition)) return 'refused';
      items.delete(pk);
      return 'deleted';
    },
    query: async (asked) => {
      await called('query');
      return indexPage(items.values(), asked);
    },
    scan: async (limit, after) => {
      await called('scan');
      return tablePage(items.values(), limit, after);
    },
  };
};
