import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The test files for one group of mutants. Their names come from run.ts, because Stryker accepts no arguments for Vitest. */
const include = (process.env.MUTATION_TESTS ?? '').split(',');

/** In this order, because the first failure ends the run of a mutant. Vitest would start with the slowest. */
class InOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => include.findIndex((name) => moduleId.endsWith(name));
    return files.toSorted((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  test: {
    include,
    setupFiles: ['test/proof/mutation/fixed-seed.ts'],
    // One worker for all files of a run, restarted for each mutant, which halves the time.
    isolate: false,
    sequence: { sequencer: InOrder },
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
});
