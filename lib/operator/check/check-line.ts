/** The result of one test, for the operator. */
export interface CheckLine {
  readonly what: string;
  /** `warning`: it works, but files may be lost, duplicated or handled unexpectedly. The operator decides. */
  readonly state: 'ok' | 'warning' | 'wrong' | 'not tested';
  /** A sentence that says what was found. */
  readonly found: string;
  /** What to do; present only if something is not as it should be. */
  readonly todo?: string;
}

export const fine = (what: string, found: string): CheckLine => ({ what, state: 'ok', found });

export const warn = (what: string, found: string, todo: string): CheckLine => ({ what, state: 'warning', found, todo });

export const wrong = (what: string, found: string, todo: string): CheckLine => ({ what, state: 'wrong', found, todo });

export const notTested = (what: string, found: string, todo?: string): CheckLine => ({
  what,
  state: 'not tested',
  found,
  ...(todo !== undefined && { todo }),
});
