/** One thing that was tested, for the operator to read. */
export interface CheckLine {
  readonly what: string;
  /** `warning`: it works, and may lose, double or surprise; the operator decides. */
  readonly state: 'ok' | 'warning' | 'wrong' | 'not tested';
  /** What was found; a sentence. */
  readonly found: string;
  /** What to do; only where something is not as it should be. */
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
