import fc from 'fast-check';
import { test } from 'vitest';
import { surfaces } from './surfaces.ts';

/** A short run that is the same each time; `npm run fuzz` plays fresh cases for as long as it is told. */
test.each(surfaces)('$name', async ({ input, give }) => {
  await fc.assert(
    fc.asyncProperty(input, async (given) => give(given)),
    { numRuns: 60, seed: 1 },
  );
});
