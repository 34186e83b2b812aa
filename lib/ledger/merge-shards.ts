import type { Item } from './table.ts';

/**
 * Merges the shards of an index into one stream, each already sorted by `workAt`. If shards were read one after
 * another, runs that end early would never reach the last one.
 */
export async function* mergeShards(
  shards: readonly AsyncGenerator<Item>[],
  order: 'oldest first' | 'newest first',
): AsyncGenerator<Item, void, undefined> {
  const sign = order === 'oldest first' ? 1 : -1;
  const heads = await Promise.all(shards.map(async (shard) => ({ shard, next: await shard.next() })));
  for (;;) {
    const first = heads.filter(({ next }) => !next.done).sort((a, b) => sign * (momentOf(a) - momentOf(b)))[0];
    if (!first || first.next.done) return;
    yield first.next.value;
    first.next = await first.shard.next();
  }
}

const momentOf = ({ next }: { readonly next: IteratorResult<Item, unknown> }): number =>
  next.done ? 0 : (next.value.workAt ?? 0);
