import type { Ledger, LedgerEntry } from '../../lib/ledger/ledger.ts';
import type { EventOf, LedgerEvent } from '../../lib/ledger/ledger-event.ts';
import type { LedgerRecord } from '../../lib/ledger/record.ts';
import { transition } from '../../lib/ledger/transition.ts';
import { answerLost, minute, nine, target, upload } from './ledger-samples.ts';

/** The id of the sample upload. */
export const id = 'cv-inbox/candidates/GRK123/Frank Doe CV.pdf#9b2cf535f27731c974343645a3985328';

export const claimOf = (owner: string, change: Partial<EventOf<'claim'>> = {}): EventOf<'claim'> => ({
  kind: 'claim',
  upload,
  target,
  attachmentType: 'CV',
  owner,
  leaseUntil: nine + 7 * minute,
  ...change,
});

export const sent = { name: 'Frank Doe CV.pdf', type: 'CV', contentType: 'application/pdf' } as const;
export const deliveredBy = (owner: string) => ({ kind: 'delivered', owner, warnings: [], sent }) as const;

export const retryAt = (dueAt: number, owner = 'owner-A') =>
  ({ kind: 'failed', owner, as: 'waiting', failure: answerLost, dueAt }) as const;

/** A claim that must be won. */
export const claimed = async (ledger: Ledger, owner: string): Promise<LedgerRecord> => {
  const claim = await ledger.claim(claimOf(owner));
  if (!claim.written) throw new Error('not claimed');
  return claim.record;
};

/** An event that must be written. */
export const written = async (ledger: Ledger, record: LedgerRecord, event: LedgerEvent): Promise<LedgerRecord> => {
  const result = await ledger.apply(record, event);
  if (result === 'conflict') throw new Error('conflict');
  return result.record;
};

export const recordOf = (known: LedgerEntry | undefined): LedgerRecord => {
  if (!known?.readable) throw new Error('not readable');
  return known.record;
};

/** The record after an event that must be allowed. */
export const next = (record: LedgerRecord | undefined, event: LedgerEvent, now = nine): LedgerRecord => {
  const result = transition(record, event, now, 'write-2');
  if (!result) throw new Error('not allowed');
  return result;
};
