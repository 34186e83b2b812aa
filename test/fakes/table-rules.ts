import type { Condition, IndexEntry, IndexPage, IndexQuery, Item, TablePage } from '../../lib/ledger/table.ts';

/**
 * The rules of DynamoDB that the tables of the tests and of the simulation follow. Pure.
 * `test/proof/differential/` compares both with the real client over a server.
 */

export const holds = (item: Item | undefined, condition: Condition): boolean => {
  if (condition.kind === 'absent') return item === undefined;
  return item?.version === condition.version && (condition.owner === undefined || item.owner === condition.owner);
};

/** BatchGetItem refuses a key that is named twice, so the client names each once. */
export const itemsOf = (get: (pk: string) => Item | undefined, pks: readonly string[]): readonly Item[] =>
  [...new Set(pks)].flatMap((pk) => get(pk) ?? []);

/** One page of all items, in the order of their keys. DynamoDB uses another order, which it does not document. */
export const tablePage = (items: Iterable<Item>, limit: number, after = ''): TablePage => {
  const page = [...items]
    .filter(({ pk }) => pk > after)
    .sort((one, other) => (one.pk < other.pk ? -1 : 1))
    .slice(0, limit);
  const last = page.at(-1);
  return { items: page, ...(last && page.length === limit && { next: last.pk }) };
};

interface Place {
  readonly pk: string;
  readonly range: number;
}

/**
 * One page of an index. It starts after the place where the last one ended, even when that item has left the index
 * since. A full page always says that there may be more: DynamoDB, too, stops reading there.
 */
export const indexPage = (items: Iterable<Item>, query: IndexQuery): IndexPage => {
  const upTo = query.index === 'byWork' ? (query.upTo ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
  const sign = query.index === 'byWork' && query.newestFirst ? -1 : 1;
  const order = (one: Place, other: Place): number =>
    sign * (one.range - other.range || (one.pk < other.pk ? -1 : Number(one.pk > other.pk)));
  const begin = query.after && { pk: String(query.after.pk), range: Number(query.after.range) };
  const rows = [...items]
    .flatMap((item) => {
      const range = rangeIn(item, query);
      return range === undefined || range > upTo ? [] : [{ pk: item.pk, range, item }];
    })
    .filter((row) => !begin || order(row, begin) > 0)
    .sort(order)
    .slice(0, query.limit);
  const shown = rows.map(({ item }) => entryOf(item, query));
  const last = rows.at(-1);
  return last && rows.length === query.limit
    ? { items: shown, next: { pk: last.pk, range: last.range } }
    : { items: shown };
};

/** The attributes of an item that `infra/resources/table.yml` projects into each index. */
export const shownByIndex = {
  byWork: ['pk', 'workAt', 'status', 'code', 'createdAt', 'waiting', 'unknown', 'unreadable'],
  byTarget: ['pk', 'createdAt'],
} as const;

const entryOf = (item: Item, { index }: IndexQuery): IndexEntry => {
  const held = shownByIndex[index].filter((name) => item[name] !== undefined);
  return Object.fromEntries(held.map((name) => [name, item[name]])) as unknown as IndexEntry;
};

/** Sparse: an item without one of the two keys is not in the index. */
const rangeIn = (item: Item, { index, hash }: IndexQuery): number | undefined => {
  if (index === 'byWork') return item.workShard === hash ? item.workAt : undefined;
  return item.targetKey === hash ? item.createdAt : undefined;
};
