import type { CheckResult } from './run-checks.ts';

export interface SuiteOptions {
  /** The endpoint; without it, the suite starts the local stand-in. */
  readonly url?: string | undefined;
  readonly region: string;
  /** The list of known deviations to compare with. */
  readonly implementation?: string | undefined;
  readonly only?: string | undefined;
  /** The versioning of every new bucket, when the endpoint cannot switch it. */
  readonly bucketVersioning?: 'on' | 'off' | undefined;
}

export interface Suite {
  /** Also the name of the option with its endpoint: `--s3 URL`. */
  readonly name: string;
  run(options: SuiteOptions): Promise<SuiteReport>;
}

export interface SuiteReport {
  readonly results: readonly CheckResult[];
  /** What the suite could not clean up, in sentences. */
  readonly leftOver: readonly string[];
}
