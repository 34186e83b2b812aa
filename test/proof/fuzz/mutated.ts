import fc from 'fast-check';
import { isObject } from '../../../lib/json.ts';

/** Values that a careless sender or an edit by hand puts in place of the right ones. */
export const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(null, true, false, '', ' ', 0, -1, 2 ** 53, -1e308, 1e308, 0.1),
  fc.constantFrom([], {}, [[]], [null], { constructor: 1 }, JSON.parse('{"__proto__":{"polluted":true}}')),
  fc.constantFrom(
    '%',
    '%2',
    '%E0%A4%A',
    '\u0000',
    '\u202Egpj.exe',
    '\uD800',
    '../..',
    '__proto__',
    '*',
    'Zebulon Quux',
  ),
  fc.constantFrom('9'.repeat(400), 'a/'.repeat(600), '%25'.repeat(400), 'x'.repeat(20_000)),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.jsonValue({ maxDepth: 3 }),
);

export const junkText: fc.Arbitrary<string> = junk.map((value) =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? ''),
);

interface Change {
  /** The index of a place in the sample, modulo their number. */
  readonly place: number;
  readonly how: 'replace' | 'remove' | 'as-text' | 'in-list' | 'deeper' | 'add';
  readonly with: unknown;
}

const change: fc.Arbitrary<Change> = fc.record({
  place: fc.nat(),
  how: fc.constantFrom('replace', 'replace', 'remove', 'as-text', 'in-list', 'deeper', 'add'),
  with: junk,
});

/** A real sample with up to four broken parts, because entirely random input would fail at the first check. */
export const mutated = (samples: readonly unknown[]): fc.Arbitrary<unknown> =>
  fc
    .tuple(fc.constantFrom(...samples), fc.array(change, { minLength: 1, maxLength: 4 }))
    .map(([sample, changes]) => changes.reduce(applied, structuredClone(sample)));

type Place = readonly (string | number)[];

const placesOf = (value: unknown, at: Place = []): readonly Place[] => {
  const parts = Array.isArray(value) ? [...value.entries()] : isObject(value) ? Object.entries(value) : [];
  return [at, ...parts.flatMap(([name, part]) => placesOf(part, [...at, name]))];
};

const applied = (sample: unknown, { place, how, with: junk }: Change): unknown => {
  const places = placesOf(sample);
  return changedAt(sample, places[place % places.length] ?? [], how, junk);
};

const changedAt = (value: unknown, place: Place, how: Change['how'], junk: unknown): unknown => {
  const [name, ...rest] = place;
  if (name === undefined) return changed(value, how, junk);
  if (how === 'remove' && rest.length === 0) return without(value, name);
  if (Array.isArray(value))
    return value.map((part, index) => (index === name ? changedAt(part, rest, how, junk) : part));
  if (!isObject(value)) return value;
  return { ...value, [name]: changedAt(value[name], rest, how, junk) };
};

const without = (value: unknown, name: string | number): unknown => {
  if (Array.isArray(value)) return value.filter((_, index) => index !== name);
  if (!isObject(value)) return value;
  const { [name]: _, ...rest } = value;
  return rest;
};

const changed = (value: unknown, how: Change['how'], junk: unknown): unknown => {
  switch (how) {
    case 'replace':
      return junk;
    case 'remove':
      return undefined;
    case 'as-text':
      return JSON.stringify(value);
    case 'in-list':
      return [value, junk, value];
    case 'deeper':
      return Array.from({ length: 200 }).reduce<unknown>(
        (inner) => ({ Records: [inner], detail: inner }).Records,
        value,
      );
    case 'add':
      return isObject(value) ? { ...value, action: junk, Records: junk, error: junk } : junk;
  }
};
