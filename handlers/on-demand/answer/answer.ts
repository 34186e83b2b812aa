/** What a person reads in the console: a sentence first, then the particulars. */
export interface Answer {
  /** Whether what was asked for was done, all of it. */
  readonly ok: boolean;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** A console shows so many without tiring anybody; a Lambda answer holds 6 MB. */
const mostShown = 50;

/** A list that a person can read, with a note when it was cut. */
export const shortened = <T>(name: string, list: readonly T[], most = mostShown): Record<string, unknown> => ({
  [name]: list.slice(0, most),
  ...(list.length > most && { note: `Only ${most} of ${list.length} ${name} are shown.` }),
});

/** "1 file", "3 files", "no files". */
export const count = (number: number, thing: string): string =>
  `${number === 0 ? 'no' : number} ${thing}${number === 1 ? '' : 's'}`;
