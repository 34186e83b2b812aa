import { defineConfig } from 'vitest/config';

/** Tests of many processes, many built functions or many simulated hours: `npm run test:long`. */
const long = 'test/**/*.long.test.ts';
/** Runs handlers, which read the environment once per process (test/worlds/loopback.ts). */
const runsHandlers = 'test/infra/template-queries.test.ts';

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A loaded machine takes longer than vitest's default of one second.
    expect: { poll: { timeout: 30_000 } },
    // Many files wait for their servers and processes more than they compute.
    maxWorkers: 3,
    projects: [
      {
        extends: true,
        test: {
          name: 'shared',
          include: ['test/{lib,infra}/**/*.test.ts'],
          exclude: [long, runsHandlers],
          // Half the processor time of these files, which leave nothing behind in the modules that they import.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          // A handler keeps its runtime, and a stand-in its address, for as long as the process lives.
          name: 'isolated',
          include: ['test/{handlers,proof}/**/*.test.ts', runsHandlers],
          exclude: [long, 'test/proof/e2e/**'],
        },
      },
    ],
  },
});
