/** One documented behaviour of a service. It throws when an implementation does something else. */
export interface Check<Context> {
  /** Unique in its suite, because lists of known deviations and `--only` use it. */
  readonly name: string;
  /** Title of the AWS documentation page that states the behaviour. */
  readonly page: string;
  run(context: Context): Promise<void>;
}

/** A check together with the endpoint that it runs on, for `runChecks`. */
export interface PreparedCheck {
  readonly name: string;
  readonly page: string;
  /** Why it cannot run on this endpoint. */
  readonly skip?: string;
  run(): Promise<void>;
}

/** The answer differs from the documentation. */
export class Mismatch extends Error {
  override readonly name = 'Mismatch';
}
