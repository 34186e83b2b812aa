import { isDeepStrictEqual } from 'node:util';
import type { Changes } from './view.ts';

interface Identified {
  readonly id: string;
}

/** Returns the previous object for an item that has not changed, so that later comparisons only compare references. */
export const reuseUnchanged = <T extends Identified>(): ((items: readonly T[]) => ReadonlyMap<string, T>) => {
  let before: ReadonlyMap<string, T> = new Map();
  return (items) => {
    before = new Map(
      items.map((item) => {
        const old = before.get(item.id);
        return [item.id, old !== undefined && isDeepStrictEqual(old, item) ? old : item];
      }),
    );
    return before;
  };
};

/** Computes what has changed for one page since the previous call; undefined when nothing has. */
export const trackChanges = <T extends Identified, View>(
  view: (item: T) => View,
): ((now: ReadonlyMap<string, T>) => Changes<View> | undefined) => {
  let sent: ReadonlyMap<string, T> | undefined;
  return (now) => {
    const before = sent ?? new Map<string, T>();
    const all = sent === undefined;
    const upsert = [...now.values()].filter((item) => before.get(item.id) !== item);
    const remove = [...before.keys()].filter((id) => !now.has(id));
    sent = now;
    if (!all && upsert.length === 0 && remove.length === 0) return undefined;
    return { all, upsert: upsert.map(view), remove };
  };
};
