import { LedgerTableError } from '../../../lib/aws/table-error.ts';
import { describeError } from '../../../lib/failures/own-error.ts';
import type { Answer } from './answer.ts';

/**
 * An answer where the table could not be read or written, which the operator can fix or wait for. Undefined for anything else:
 * that is a defect, and Lambda reports and counts it as one.
 */
export const awsErrorAnswer = (error: unknown): (Answer & { readonly detail: string }) | undefined => {
  if (!(error instanceof LedgerTableError)) return undefined;
  const detail = describeError(error);
  const message = `The ledger could not be read or written, so the request was not carried out, or only in part; repeating it is safe. ${detail}`;
  return { ok: false, message, detail, next: { action: 'check' } };
};
