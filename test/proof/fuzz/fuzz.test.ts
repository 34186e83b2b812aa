import fc from 'fast-check';
import { test } from 'vitest';
import { surfaces } from './surfaces.ts';

/** A short run with the same cases each time; `npm run fuzz` plays new cases for a given time. */
test.each(surfaces)('$name', async ({ input, give }) => {
  await fc.assert(
    fc.asyncProperty(input, async (given) => give(given)),
    { numRuns: 60, seed: 1 },
  );
});
