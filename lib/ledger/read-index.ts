import type { IndexEntry, IndexPage, Item, PageKey, Table } from './table.ts';

/** All pages of one partition of an index. `after` is the continuation for the query; empty for the first page. */
export async function* indexPages(
  page: (after: { readonly after?: PageKey }) => Promise<IndexPage>,
): AsyncGenerator<readonly IndexEntry[], void, undefined> {
  let after: PageKey | undefined;
  do {
    const { items, next }: IndexPage = await page(after ? { after } : {});
    yield items;
    after = next;
  } while (after);
}

/** The place in the index that an item must still have; the index may show an outdated place. */
export interface Place {
  readonly workShard?: string;
  readonly targetKey?: string;
  /** Leaves out items with a later `workAt`. */
  readonly upTo?: number | undefined;
}

/**
 * The items of an index page, read from the table, in the order of the page. Items that no longer exist or have moved
 * are left out; the index will show them in their new place a moment later.
 */
export const itemsBehind = async (
  page: readonly IndexEntry[],
  table: Pick<Table, 'getMany'>,
  { workShard, targetKey, upTo = Number.POSITIVE_INFINITY }: Place,
): Promise<readonly Item[]> => {
  if (page.length === 0) return [];
  const items = new Map((await table.getMany(page.map(({ pk }) => pk))).map((item) => [item.pk, item]));
  return page.flatMap(({ pk }) => {
    const item = items.get(pk);
    const isThere =
      item &&
      (workShard === undefined || item.workShard === workShard) &&
      (targetKey === undefined || item.targetKey === targetKey) &&
      (item.workAt ?? 0) <= upTo;
    return isThere ? [item] : [];
  });
};
