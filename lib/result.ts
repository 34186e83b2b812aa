import type { FailureCode, FailureDetail } from './failures/failures.ts';

/** An expected result, success or failure, as a value. Thrown are only defects and errors that no caller can handle. */
export type Result<T, E = FailureDetail> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

/** @param detail one sentence for the operator; holds no file name, no key and no content */
export const fail = (code: FailureCode, detail: string): { readonly ok: false; readonly error: FailureDetail } => ({
  ok: false,
  error: { code, detail },
});
