/**
 * The DynamoDB operations that the ledger needs. The simulation replaces them with its own table, with crashes,
 * refusals and stale indexes. No transactions, and nothing that only some DynamoDB-compatible stores support.
 */
export interface Table {
  /** Strongly consistent. */
  get(pk: string): Promise<Item | undefined>;
  /** Strongly consistent, for any number of keys. Missing items are left out. */
  getMany(pks: readonly string[]): Promise<readonly Item[]>;
  /**
   * Writes the whole item, or nothing when the condition fails. A failed write returns the existing item, if the store
   * returns it at no extra cost.
   */
  put(item: Item, condition: Condition): Promise<PutResult>;
  delete(pk: string, condition: Condition): Promise<'deleted' | 'refused'>;
  /**
   * One page of an index, sorted by its range key, or reversed with `newestFirst`. Eventually consistent, so it may
   * show an earlier state. Use it only to find items; read them by key before deciding.
   */
  query(query: IndexQuery): Promise<IndexPage>;
  /**
   * One page of all items in no order, after the key `after`. Eventually consistent; every item that is read is billed.
   */
  scan(limit: number, after?: string): Promise<TablePage>;
}

/**
 * Attributes that DynamoDB or a reader of its stream must see: keys, conditions, expiry, events. Everything else is in
 * the document.
 */
export interface Item {
  readonly pk: string;
  /** Counts up from 1. A missing version (after an edit by hand) is read as 0. */
  readonly version: number;
  readonly owner?: string;
  /** Sparse index `byWork`: only records that need work or an operator have these two. */
  readonly workShard?: string;
  readonly workAt?: number;
  /** Index `byTarget`: the uploads of this candidate or application. */
  readonly targetKey?: string;
  readonly createdAt?: number;
  /** TTL, in seconds since the epoch. */
  readonly expiresAt?: number;
  readonly status?: string;
  readonly code?: string;
  /** Further facts for outcome events, see `outcome-attributes.ts`. */
  readonly integrationId?: string;
  readonly type?: string;
  /** As text, because an event needs an empty text when the size is unknown. */
  readonly sizeBytes?: string;
  readonly attempts?: number;
  readonly endedAt?: number;
  readonly correlationId?: string;
  /** Only writes that are reported by an event have these four. */
  readonly outcome?: number;
  readonly upload?: string;
  readonly etag?: string;
  readonly target?: string;
  /** Counts that only a lane's item has. A gauge is their sum over all lanes. */
  readonly waiting?: number;
  readonly unknown?: number;
  readonly unreadable?: number;
  /** JSON. */
  readonly document: string;
}

export type Condition =
  | { readonly kind: 'absent' }
  | { readonly kind: 'unchanged'; readonly version: number; readonly owner?: string };

export type PutResult = { readonly written: true } | { readonly written: false; readonly found?: Item };

export type IndexQuery = {
  readonly limit: number;
  /** Where the last page ended. */
  readonly after?: PageKey;
} & (
  | { readonly index: 'byWork'; readonly hash: string; readonly upTo?: number; readonly newestFirst?: true }
  | { readonly index: 'byTarget'; readonly hash: string }
);

export type PageKey = Readonly<Record<string, string | number>>;

/**
 * The attributes in an index. `byWork`: all of these. `byTarget`: only keys, so a write that does not change the keys
 * costs nothing there.
 */
export type IndexEntry = Pick<
  Item,
  'pk' | 'workAt' | 'status' | 'code' | 'createdAt' | 'waiting' | 'unknown' | 'unreadable'
>;

export interface TablePage {
  readonly items: readonly Item[];
  /** The last key of this page; there may be more items after it. */
  readonly next?: string;
}

export interface IndexPage {
  readonly items: readonly IndexEntry[];
  readonly next?: PageKey;
}
