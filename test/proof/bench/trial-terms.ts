/** A number of files of one size, and how many of them are delivered concurrently. */
export interface Load {
  readonly sizeBytes: number;
  readonly etag: string;
  readonly count: number;
  readonly concurrency: number;
  /**
   * All files in one event: for one integration, or, for a meeting, for as many integrations, and then Kombo answers only when
   * all of them are in flight at the same time.
   */
  readonly inOneEvent?: 'in turn' | 'meeting';
}

/** The work of one fresh process. */
export interface Trial {
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly modulePath: string;
  /** Files delivered before the measurement, because most files are delivered by a warm function. */
  readonly warmUp: Load;
  readonly measured: Load;
}

export interface TrialResult {
  /** From the start of the process until its handler can be called, including the start of Node. */
  readonly readyMs: number;
  readonly importMs: number;
  readonly importCpuMs: number;
  /** The first file of the process: clients are created, connections opened, code is compiled. 0 without a warm-up. */
  readonly firstMs: number;
  readonly wallMs: number;
  /** User and system time of all threads. */
  readonly cpuMs: number;
  /** Time in which the garbage collector paused the program. */
  readonly gcMs: number;
  readonly peakBytes: number;
}
