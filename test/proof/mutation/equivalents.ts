/** A change of the code that no test can notice, because the program does the same with it. */
export interface Equivalent {
  readonly file: string;
  /** A part of the line in which the change begins. */
  readonly in: string;
  readonly mutator: string;
  readonly original: string;
  readonly replacement: string;
  readonly reason: string;
}

/** An entry that matches no survivor fails the run, so the list cannot rot. */
export const equivalents: readonly Equivalent[] = [];
