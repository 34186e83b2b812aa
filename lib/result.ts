import type { FailureCode, FailureDetail } from './failures/failures.ts';

/** A success or an expected failure, as a value. Only defects and errors that no caller can handle are thrown. */
export type Result<T, E = FailureDetail> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

/** @param detail one sentence for the operator, without file names, keys or content */
export const fail = (code: FailureCode, detail: string): { readonly ok: false; readonly error: FailureDetail } => ({
  ok: false,
  error: { code, detail },
});
