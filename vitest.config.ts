import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/proof/e2e/**', 'node_modules/**'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A loaded machine takes longer than the second that is vitest's default.
    expect: { poll: { timeout: 30_000 } },
    // Many files wait for servers and processes of their own more than they compute.
    maxWorkers: 3,
  },
});
