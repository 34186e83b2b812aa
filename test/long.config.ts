import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.long.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A loaded machine takes longer than vitest's default of one second.
    expect: { poll: { timeout: 30_000 } },
    maxWorkers: 3,
  },
});
