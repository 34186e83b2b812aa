import { isDeepStrictEqual } from 'node:util';
import type { Changes } from './view.ts';

interface Identified {
  readonly id: string;
}

/** Keeps what is equal to before the same object, so that whoever compares needs to look at the reference alone. */
export const stable = <T extends Identified>(): ((items: readonly T[]) => ReadonlyMap<string, T>) => {
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

/** Tells one reader what is new since it was last asked; undefined when nothing is. */
export const changesFor = <T extends Identified, View>(
  view: (item: T) => View,
): ((now: ReadonlyMap<string, T>) => Changes<View> | undefined) => {
  let told: ReadonlyMap<string, T> | undefined;
  return (now) => {
    const before = told ?? new Map<string, T>();
    const all = told === undefined;
    const upsert = [...now.values()].filter((item) => before.get(item.id) !== item);
    const remove = [...before.keys()].filter((id) => !now.has(id));
    told = now;
    if (!all && upsert.length === 0 && remove.length === 0) return undefined;
    return { all, upsert: upsert.map(view), remove };
  };
};
