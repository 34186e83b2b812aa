import type { IndexEntry, IndexPage, Item, PageKey, Table } from './table.ts';

/** All pages of one partition of an index. `after` is the part of the query that continues; empty for the first page. */
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

/** Where the items of a page must still be; an index may show where they were. */
export interface Place {
  readonly workShard?: string;
  readonly targetKey?: string;
  /** Nothing whose `workAt` is later. */
  readonly upTo?: number | undefined;
}

/**
 * The items that a page of an index names, read from the table, in the order of the page. Items that are gone or have left
 * the place are left out: the index follows the table within a moment and shows them where they are now.
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
