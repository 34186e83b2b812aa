import type { FailureDetail } from '../failures/failures.ts';
import type { EventOf } from './ledger-event.ts';
import type { Attached, Held, LedgerRecord, State, UnknownOutcome } from './record.ts';

/** What an event changes in a record. */
export type Change = Partial<Omit<LedgerRecord, 'version' | 'writeId' | 'updatedAt'>> & { readonly state: State };

/** States as they begin. */
export const sendingState = ({ owner, leaseUntil }: EventOf<'claim'>): State => ({
  status: 'sending',
  owner,
  leaseUntil,
});

export const attachedState = (
  attachedAt: number,
  warnings: readonly string[],
  evidence: Attached['evidence'],
): State => ({ status: 'attached', attachedAt, warnings, evidence });

export const unknownState = (failure: FailureDetail, dueAt: number, now: number): UnknownOutcome => ({
  status: 'unknown',
  dueAt,
  failure,
  absentLooks: 0,
  doubtfulLooks: 0,
  passingLooks: 0,
  unknownSince: now,
});

export const heldState = (heldAt: number, failure: FailureDetail, mayBeDelivered: boolean): Held => ({
  status: 'held',
  heldAt,
  failure,
  mayBeDelivered,
});

export const rejectedState = (failure: FailureDetail, now: number): State => ({
  status: 'rejected',
  rejectedAt: now,
  failure,
});

export const resetRetryBudget = () => ({
  attemptsSinceRelease: 0,
  countedAttempts: undefined,
  countedSince: undefined,
});

/** Its retry budget begins again; what it has used up of its unknown attempts stays used up. */
export const backToWaiting = (failure: FailureDetail, dueAt: number) => ({
  state: { status: 'waiting', dueAt, failure } as const,
  waited: true,
  ...resetRetryBudget(),
});
