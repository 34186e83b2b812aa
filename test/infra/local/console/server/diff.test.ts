import { expect, test } from 'vitest';
import { changesFor, stable } from '../../../../../infra/local/console/server/diff.ts';

interface Thing {
  readonly id: string;
  readonly size: number;
}

const told = () => {
  const settle = stable<Thing>();
  const changes = changesFor((thing: Thing) => `${thing.id}=${thing.size}`);
  return (...things: readonly Thing[]) => changes(settle(things));
};

test('tells all at first, even nothing, then only what changed', () => {
  const next = told();
  expect(next()).toEqual({ all: true, upsert: [], remove: [] });
  expect(next({ id: 'a', size: 1 }, { id: 'b', size: 1 })).toEqual({ all: false, upsert: ['a=1', 'b=1'], remove: [] });
  expect(next({ id: 'a', size: 1 }, { id: 'b', size: 2 })).toEqual({ all: false, upsert: ['b=2'], remove: [] });
  expect(next({ id: 'b', size: 2 })).toEqual({ all: false, upsert: [], remove: ['a'] });
});

test('what is equal is no news, though it was made anew', () => {
  const next = told();
  next({ id: 'a', size: 1 });
  expect(next({ id: 'a', size: 1 })).toBeUndefined();
});
