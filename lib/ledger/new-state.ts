import type { FailureDetail } from '../failures/failures.ts';
import type { EventOf } from './ledger-event.ts';
import type { Attached, Held, LedgerRecord, State, UnknownOutcome } from './record.ts';

/** The fields of a record that an event changes. */
export type Change = Partial<Omit<LedgerRecord, 'version' | 'writeId' | 'updatedAt'>> & { readonly state: State };

/** Initial forms of the states. */
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

export const rejectedState = (failure: FailureDetail, now: number, headers?: string): State => ({
  status: 'rejected',
  rejectedAt: now,
  failure,
  headers,
});

export const resetRetryBudget = () => ({
  attemptsSinceRelease: 0,
  countedAttempts: undefined,
  countedSince: undefined,
});

/** The retry budget starts again. The count of unknown attempts is kept. */
export const backToWaiting = (failure: FailureDetail, dueAt: number) => ({
  state: { status: 'waiting', dueAt, failure } as const,
  waited: true,
  ...resetRetryBudget(),
});
