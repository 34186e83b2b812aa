import { type FailureCode, failures } from '../../../lib/failures/failures.ts';
import { failureOfVerdict, type ScanCode, verdictOnAttached } from '../../../lib/ledger/latest-verdict.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { failureFacts } from './failure-facts.ts';

/** The latest verdict of the malware scan, and whether an operator has acknowledged it. */
export interface ScanFacts {
  readonly scan?: { readonly verdict: ScanCode; readonly at: string; readonly acknowledged?: true };
}

export const scanFacts = ({ verdict }: LedgerRecord): ScanFacts => {
  if (!verdict) return {};
  const { code, at, acknowledged } = verdict;
  return { scan: { verdict: code, at: new Date(at).toISOString(), ...(acknowledged && { acknowledged }) } };
};

/** Why an attached file is listed among the held. */
export const listedFacts = (record: LedgerRecord) => {
  const listed = verdictOnAttached(record);
  if (!listed) return {};
  return {
    ...failureFacts(failureOfVerdict(listed.code), 'held'),
    heldSince: new Date(record.updatedAt).toISOString(),
  };
};

export const listedSentence = ({ code }: { readonly code?: FailureCode }): string =>
  code === undefined
    ? ''
    : ` The malware scan did not find it clean, so an operator must act, then acknowledge it with "resolve". ${code}: ${failures[code].meaning} ${failures[code].nextStep}`;

/** Describes the verdict of a file that is being sent or may have been delivered. */
export const verdictSentence = ({ scan }: ScanFacts): string =>
  scan && scan.verdict !== 'clean' && !scan.acknowledged
    ? ` The malware scan has reported ${scan.verdict}, so it will not be sent again: it will be held or, if it was delivered, listed among the held files as attached.`
    : '';
