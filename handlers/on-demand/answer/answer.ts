import { maxShown } from '../../limits.ts';

/** What the operator reads in the console: a sentence first, then the details. */
export interface Answer {
  /** Whether the request was carried out completely. */
  readonly ok: boolean;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** A list of readable length, with a note when it was cut. */
export const shorten = <T>(name: string, list: readonly T[], max = maxShown): Record<string, unknown> => ({
  [name]: list.slice(0, max),
  ...(list.length > max && { note: `Only ${max} of ${list.length} ${name} are shown.` }),
});

export { count } from '../../../lib/operator/count.ts';
