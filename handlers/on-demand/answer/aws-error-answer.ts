import { LedgerTableError } from '../../../lib/aws/table-error.ts';
import { describeError, TooManyConflicts } from '../../../lib/failures/own-error.ts';
import type { Answer } from './answer.ts';

/**
 * Answers failures that an operator can fix or wait out: the table could not be read or written, or other invocations
 * kept changing an item. Undefined for any other error: that is a defect, and Lambda reports and counts it.
 */
export const awsErrorAnswer = (error: unknown): (Answer & { readonly detail: string }) | undefined => {
  const detail = describeError(error);
  if (error instanceof TooManyConflicts) {
    const message = `Other invocations kept changing the same item, so the request was not carried out, or only in part. Nothing was lost: repeat the request in a minute. ${detail}`;
    return { ok: false, message, detail };
  }
  if (!(error instanceof LedgerTableError)) return undefined;
  const message = `The ledger could not be read or written, so the request was not carried out, or only in part; repeating it is safe. ${detail}`;
  return { ok: false, message, detail, next: { action: 'check' } };
};
