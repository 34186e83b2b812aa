import type { Item } from './table.ts';

/**
 * One stream out of the shards of an index, each of which comes in order of `workAt`. Read one after the other, a run
 * that ends early would begin with the first shard again and again, and what lies in the last would never get its turn.
 */
export async function* oldestFirst(shards: readonly AsyncGenerator<Item>[]): AsyncGenerator<Item, void, undefined> {
  const heads = await Promise.all(shards.map(async (shard) => ({ shard, next: await shard.next() })));
  for (;;) {
    const first = heads.filter(({ next }) => !next.done).sort(byAge)[0];
    if (!first || first.next.done) return;
    yield first.next.value;
    first.next = await first.shard.next();
  }
}

type Head = { readonly next: IteratorResult<Item, unknown> };

const byAge = (a: Head, b: Head): number => ageOf(a) - ageOf(b);

const ageOf = ({ next }: Head): number => (next.done ? Number.POSITIVE_INFINITY : (next.value.workAt ?? 0));
