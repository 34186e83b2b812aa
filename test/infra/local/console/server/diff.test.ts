import { expect, test } from 'vitest';
import { reuseUnchanged, trackChanges } from '../../../../../infra/local/console/server/diff.ts';

interface Thing {
  readonly id: string;
  readonly size: number;
}

const diffOfThings = () => {
  const reuse = reuseUnchanged<Thing>();
  const changes = trackChanges((thing: Thing) => `${thing.id}=${thing.size}`);
  return (...things: readonly Thing[]) => changes(reuse(things));
};

test('the first diff has all items, even when there are none; later ones have only the changes', () => {
  const next = diffOfThings();
  expect(next()).toEqual({ all: true, upsert: [], remove: [] });
  expect(next({ id: 'a', size: 1 }, { id: 'b', size: 1 })).toEqual({ all: false, upsert: ['a=1', 'b=1'], remove: [] });
  expect(next({ id: 'a', size: 1 }, { id: 'b', size: 2 })).toEqual({ all: false, upsert: ['b=2'], remove: [] });
  expect(next({ id: 'b', size: 2 })).toEqual({ all: false, upsert: [], remove: ['a'] });
});

test('an equal item is not a change, although it is a new object', () => {
  const next = diffOfThings();
  next({ id: 'a', size: 1 });
  expect(next({ id: 'a', size: 1 })).toBeUndefined();
});
