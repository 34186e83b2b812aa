import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/proof/e2e/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 90_000,
    expect: { poll: { timeout: 15_000 } },
    // Each file has its own browser and its own stack; two of them together make a small machine slow.
    fileParallelism: false,
  },
});
