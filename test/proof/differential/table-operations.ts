import fc from 'fast-check';
import type { Condition, IndexEntry, IndexPage, IndexQuery, Item, PageKey, Table } from '../../../lib/ledger/table.ts';
import type { EditableTable } from './tables.ts';

/** A condition on the current item, whatever it is by then, or a condition that may or may not be met. */
type AskedCondition = 'current' | Condition;

export type Operation =
  | { readonly kind: 'put'; readonly item: Item; readonly condition: AskedCondition }
  | { readonly kind: 'delete'; readonly pk: string; readonly condition: AskedCondition }
  | { readonly kind: 'edit'; readonly pk: string }
  | { readonly kind: 'get'; readonly pk: string }
  | { readonly kind: 'getMany'; readonly pks: readonly string[] }
  /** Reads a partition to its end. */
  | { readonly kind: 'list'; readonly query: IndexQuery }
  /** Reads one page: the first one, or the one after the last page read, whatever has been written since. */
  | { readonly kind: 'page'; readonly query: IndexQuery };

const pks: readonly string[] = ['a', 'b', 'c', 'd'];
const pk = fc.constantFrom(...pks);
/** Far in the future, because otherwise a table with expiry would delete an item in the middle of a run. */
const expiresAt = Math.floor(Date.now() / 1_000) + 365 * 86_400;

const time = fc.constantFrom(0, 5, 10, 90, 1_767_603_600_000);

/**
 * Two partitions of the index of work. In `tied` items share range keys, and DynamoDB does not define their order; in
 * `distinct` they do not, so a page can be continued after other writes.
 */
const place = fc.oneof(
  fc.constant({}),
  fc.record({ workShard: fc.constant('tied'), workAt: time }),
  fc.record({ workShard: fc.constant('tied') }),
  fc.record({ workShard: fc.constant('distinct'), step: fc.nat(3) }),
);

const item = fc
  .record({
    pk,
    version: fc.integer({ min: 1, max: 3 }),
    document: fc.constantFrom('{}', '{"name":"Zoë"}', ''),
    owner: fc.option(fc.constantFrom('A', 'B'), { nil: undefined }),
    place,
    target: fc.oneof(
      fc.constant({}),
      fc.record({ targetKey: fc.constantFrom('candidate/C1', 'candidate/C2'), createdAt: time }),
      fc.record({ createdAt: time }),
    ),
    facts: fc.constantFrom(
      {},
      { status: 'attached', expiresAt },
      { status: 'held', code: 'ANSWER_LOST' },
      { status: 'lane', waiting: 0, unknown: 3 },
    ),
  })
  .map(
    ({
      place: { step, ...its },
      owner,
      target,
      facts,
      ...rest
    }: {
      pk: string;
      version: number;
      document: string;
      owner: string | undefined;
      place: { workShard?: string; workAt?: number; step?: number };
      target: { targetKey?: string; createdAt?: number };
      facts: { status?: string; code?: string; expiresAt?: number; waiting?: number; unknown?: number };
    }): Item => ({
      ...rest,
      ...its,
      ...(step !== undefined && { workAt: step * pks.length + pks.indexOf(rest.pk) }),
      ...target,
      ...facts,
      ...(owner !== undefined && { owner }),
    }),
  );

const condition: fc.Arbitrary<AskedCondition> = fc.oneof(
  { weight: 3, arbitrary: fc.constant('current' as const) },
  { weight: 2, arbitrary: fc.constant({ kind: 'absent' } as const) },
  {
    weight: 2,
    arbitrary: fc
      .record({
        version: fc.integer({ min: 1, max: 3 }),
        owner: fc.option(fc.constantFrom('A', 'B'), { nil: undefined }),
      })
      .map(({ version, owner }) => ({ kind: 'unchanged', version, ...(owner !== undefined && { owner }) }) as const),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'unchanged', version: 0 } as const) },
);

const limit = fc.integer({ min: 1, max: 5 });
const work = (hash: fc.Arbitrary<string>): fc.Arbitrary<IndexQuery> =>
  fc
    .record({
      hash,
      limit,
      upTo: fc.option(fc.constantFrom(0, 7, 10, 89, 2e12), { nil: undefined }),
      newestFirst: fc.boolean(),
    })
    .map(({ upTo, newestFirst, ...rest }) => ({
      index: 'byWork',
      ...rest,
      ...(upTo !== undefined && { upTo }),
      ...(newestFirst && { newestFirst: true }),
    }));
const ofTarget: fc.Arbitrary<IndexQuery> = fc.record({
  index: fc.constant('byTarget' as const),
  hash: fc.constantFrom('candidate/C1', 'candidate/C2'),
  limit,
});

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ kind: fc.constant('put' as const), item, condition }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), pk, condition }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('edit' as const), pk }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('get' as const), pk }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('getMany' as const), pks: fc.array(pk, { maxLength: 6 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('list' as const),
      query: fc.oneof(work(fc.constantFrom('tied', 'distinct')), ofTarget),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('page' as const), query: work(fc.constant('distinct')) }) },
);

/** A page that is continued after writes, because random operations rarely fill, read, change and read the same partition. */
const continuedPage: fc.Arbitrary<readonly Operation[]> = fc
  .tuple(
    fc.array(item, { minLength: 2, maxLength: 4 }),
    work(fc.constant('distinct')),
    fc.array(fc.record({ kind: fc.constant('delete' as const), pk, condition: fc.constant('current' as const) }), {
      minLength: 1,
      maxLength: 2,
    }),
  )
  .map(([items, query, deletions]) => [
    ...items.map((one): Operation => {
      const workAt = (one.workAt ?? 0) * pks.length + pks.indexOf(one.pk);
      return { kind: 'put', item: { ...one, workShard: 'distinct', workAt }, condition: 'current' };
    }),
    { kind: 'page', query },
    ...deletions,
    { kind: 'page', query },
    { kind: 'page', query },
  ]);

export const operations: fc.Arbitrary<readonly Operation[]> = fc
  .tuple(
    fc.oneof(
      { weight: 5, arbitrary: fc.array(operation, { minLength: 1, maxLength: 5 }) },
      { weight: 1, arbitrary: continuedPage },
    ),
    fc.constantFrom<IndexQuery>(
      { index: 'byWork', hash: 'tied', limit: 5 },
      { index: 'byWork', hash: 'distinct', limit: 5 },
      { index: 'byTarget', hash: 'candidate/C1', limit: 5 },
    ),
  )
  // Every run ends with a read of all items, and of all entries of one of the partitions.
  .map(([some, query]) => [...some, { kind: 'getMany', pks }, { kind: 'list', query }]);

type Resolved =
  | Exclude<Operation, { condition: AskedCondition }>
  | (Extract<Operation, { condition: AskedCondition }> & { condition: Condition });

/** Replaces "the current item" by the version and owner that it has by then. */
export const resolved = async (asked: Operation, table: Table): Promise<Resolved> => {
  if (asked.kind !== 'put' && asked.kind !== 'delete') return asked;
  const { condition } = asked;
  if (condition !== 'current') return { ...asked, condition };
  const there = await table.get(asked.kind === 'put' ? asked.item.pk : asked.pk);
  if (!there) return { ...asked, condition: { kind: 'absent' } };
  const { version, owner } = there;
  return { ...asked, condition: { kind: 'unchanged', version, ...(owner !== undefined && { owner }) } };
};

/** Runs operations on one table, and returns the answers in a comparable form. */
export const actor = ({ table, edit }: EditableTable) => {
  const continued = new Map<string, PageKey>();
  return async (asked: Resolved): Promise<unknown> => {
    switch (asked.kind) {
      case 'put':
        return table.put(asked.item, asked.condition);
      case 'delete':
        return table.delete(asked.pk, asked.condition);
      case 'edit':
        return edit(asked.pk);
      case 'get':
        return table.get(asked.pk);
      case 'getMany':
        return (await table.getMany(asked.pks)).toSorted(byKey);
      case 'list': {
        const pages: IndexPage[] = [];
        let after: PageKey | undefined;
        do {
          const page = await table.query({ ...asked.query, ...(after && { after }) });
          pages.push(page);
          after = page.next;
        } while (after);
        return {
          pages: pages.map(({ items }) => items.map((one) => rangeOf(one, asked.query))),
          items: pages.flatMap(({ items }) => items).toSorted(byKey),
        };
      }
      case 'page': {
        // A page is continued with the query that started it, because DynamoDB refuses its key with another bound.
        const { limit: _, ...rest } = asked.query;
        const cursor = JSON.stringify(rest);
        const after = continued.get(cursor);
        const { items, next } = await table.query({ ...asked.query, ...(after && { after }) });
        if (next) continued.set(cursor, next);
        else continued.delete(cursor);
        return { items, more: next !== undefined };
      }
    }
  };
};

const byKey = (one: IndexEntry, other: IndexEntry): number => (one.pk < other.pk ? -1 : Number(one.pk > other.pk));
const rangeOf = (one: IndexEntry, query: IndexQuery): number | undefined =>
  query.index === 'byWork' ? one.workAt : one.createdAt;
