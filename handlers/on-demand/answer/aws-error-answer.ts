import { LedgerTableError } from '../../../lib/aws/table-error.ts';
import type { Answer } from './answer.ts';

/**
 * An answer for a fault of the network or of AWS, which the operator can fix or wait for. Undefined for anything else: that
 * is a defect, and Lambda reports and counts it as one.
 */
export const awsErrorAnswer = (error: unknown): (Answer & { readonly detail: string }) | undefined => {
  if (!(error instanceof Error)) return undefined;
  const detail = error instanceof LedgerTableError ? error.message : `${error.name}: ${error.message}`;
  if (!(error instanceof LedgerTableError) && !isOfAws(error)) return undefined;
  const message = `The ledger could not be read or written, so the request was not carried out, or only in part; repeating it is safe. ${detail}`;
  return { ok: false, message, detail, next: { action: 'check' } };
};

/** The SDK marks its exceptions with `$metadata`; broken connections carry the system's code. */
const isOfAws = (error: Error): boolean =>
  '$metadata' in error || ('code' in error && /^E[A-Z]+$/.test(String(error.code)));
