import type { Known, Ledger } from '../ledger/ledger.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import type { LedgerEvent } from '../ledger/transition.ts';
import { uploadId } from '../upload/upload.ts';

/** What a person may ask for one upload, each with a reason that the record keeps. */
export type Operation = Extract<LedgerEvent, { kind: 'retry' | 'resend' | 'resolve' }>;

export type Operated =
  | { readonly done: true; readonly record: LedgerRecord }
  | {
      readonly done: false;
      /** `state`: its state does not allow it. `threat`: the scan found one. `gone`: erased meanwhile. `race`: too many writers. */
      readonly why: 'state' | 'threat' | 'gone' | 'race' | 'unreadable';
      readonly known?: Known;
    };

/** Rounds of a race for one record; each lost round means that somebody else got ahead. */
const mostRounds = 5;

/**
 * Writes a person's decision into the record, on whatever state it has by then.
 * A file in which a threat was found is never sent on a person's word: only a clean verdict lets it go.
 * @throws only when the ledger could not be read or written.
 */
export const operate = async (
  record: LedgerRecord,
  operation: Operation,
  { ledger }: { readonly ledger: Pick<Ledger, 'apply' | 'read'> },
): Promise<Operated> => {
  let seen = record;
  for (let round = 1; round <= mostRounds; round += 1) {
    const known = { id: uploadId(seen.upload), readable: true, record: seen } as const;
    if (operation.kind !== 'resolve' && isThreat(seen)) return { done: false, why: 'threat', known };
    const written = await ledger.apply(seen, operation);
    if (written !== 'lost') return { done: true, record: written.record };
    const now = await ledger.read(known.id);
    if (!now) return { done: false, why: 'gone' };
    if (!now.readable) return { done: false, why: 'unreadable', known: now };
    if (now.record.version === seen.version) return { done: false, why: 'state', known: now };
    seen = now.record;
  }
  return { done: false, why: 'race' };
};

const isThreat = ({ state }: LedgerRecord): boolean => 'failure' in state && state.failure.code === 'SCAN_THREAT_FOUND';
