import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/proof/e2e/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 90_000,
    expect: { poll: { timeout: 15_000 } },
    // Each file has a browser and a whole stack of its own; two of them together make a small machine slow.
    fileParallelism: false,
  },
});
