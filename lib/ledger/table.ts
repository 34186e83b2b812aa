/**
 * The few things that the ledger asks of DynamoDB. The seam at which the simulation puts a table of its own, with
 * crashes, refusals and stale indexes. No transactions, and nothing that only some DynamoDB-compatible stores support.
 */
export interface Table {
  /** Strongly consistent. */
  get(pk: string): Promise<Item | undefined>;
  /** Strongly consistent; any number of keys; absent items are left out. */
  getMany(pks: readonly string[]): Promise<readonly Item[]>;
  /**
   * Writes the whole item, or nothing when the condition does not hold.
   * A refusal carries the existing item, where the store returns it at no further cost.
   */
  put(item: Item, condition: Condition): Promise<PutResult>;
  delete(pk: string, condition: Condition): Promise<'deleted' | 'refused'>;
  /**
   * One page of an index, in order of its range key, or against it with `newestFirst`.
   * Eventually consistent: it may show an earlier state. It names items; what decides is read by key.
   */
  query(query: IndexQuery): Promise<IndexPage>;
  /** One page of all items, in no order; continues behind the key `after`. Eventually consistent, and paid by what is read. */
  scan(limit: number, after?: string): Promise<TablePage>;
}

/** What DynamoDB itself or a reader of its stream must see of an item: keys, conditions, expiry, events. The rest is the document. */
export interface Item {
  readonly pk: string;
  /** Counts up from 1. An item without one, which must have been edited by hand, is read as 0. */
  readonly version: number;
  readonly owner?: string;
  /** Sparse index `byWork`: only records that need work or an operator have these two. */
  readonly workShard?: string;
  readonly workAt?: number;
  /** Index `byTarget`: what happened to this candidate's files. */
  readonly targetKey?: string;
  readonly createdAt?: number;
  /** TTL, in seconds since the epoch. */
  readonly expiresAt?: number;
  readonly status?: string;
  readonly code?: string;
  /** What else an event about the upload shows, see `outcome-attributes.ts`. */
  readonly integrationId?: string;
  readonly type?: string;
  /** As text, because an event needs an empty one where it is unknown. */
  readonly sizeBytes?: string;
  readonly attempts?: number;
  readonly endedAt?: number;
  readonly correlationId?: string;
  /** Only the write that is told has these four. */
  readonly outcome?: number;
  readonly upload?: string;
  readonly etag?: string;
  readonly target?: string;
  /** Counts that only the item of a lane has: their sum over all lanes is a gauge. */
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
 * What an index holds of an item. `byWork`: all of it; `byTarget`: keys alone, so that a write that leaves them as they are
 * costs nothing there.
 */
export type IndexEntry = Pick<
  Item,
  'pk' | 'workAt' | 'status' | 'code' | 'createdAt' | 'waiting' | 'unknown' | 'unreadable'
>;

export interface TablePage {
  readonly items: readonly Item[];
  /** The key behind which there may be more. */
  readonly next?: string;
}

export interface IndexPage {
  readonly items: readonly IndexEntry[];
  readonly next?: PageKey;
}
