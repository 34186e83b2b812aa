import type { FailureCode } from './failures/failures.ts';

/** Why something about an upload is not good enough: a code of the failure table and the particulars. */
export interface Refusal {
  readonly code: FailureCode;
  /** One sentence for a person. Holds no file name, no key and no content. */
  readonly detail: string;
}

export type Result<T, E = Refusal> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

export const refuse = (code: FailureCode, detail: string): { readonly ok: false; readonly error: Refusal } => ({
  ok: false,
  error: { code, detail },
});
