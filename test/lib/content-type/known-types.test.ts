import { expect, test } from 'vitest';
import { formOf, listKnownTypes } from '../../../lib/content-type/known-types.ts';
import { typeOfBytes } from '../../../lib/content-type/sniff.ts';
import { typeSamples } from '../../fakes/type-samples.ts';

const types = listKnownTypes().map(({ mimeType }) => mimeType);

test('each known type has a sample', () => {
  expect(Object.keys(typeSamples).toSorted()).toEqual(types.toSorted());
});

test.each(types)('a file of the type %s is recognised by its bytes where its name says so', async (type) => {
  expect(await typeOfBytes(typeSamples[type] ?? new Uint8Array(), type)).toBe(type);
});

test.each(types.filter((type) => formOf(type) === 'signature'))(
  'a file of the type %s is recognised by its bytes alone',
  async (type) => {
    expect(await typeOfBytes(typeSamples[type] ?? new Uint8Array(), undefined)).toBe(type);
  },
);
