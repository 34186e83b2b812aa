import type { Courier } from '../courier.ts';
import type { Deadline } from '../deadline.ts';
import { TooManyConflicts } from '../failures/own-error.ts';
import { isTold } from '../ledger/outcome-attributes.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import type { LedgerEntry } from '../ledger/record-store.ts';
import { ledgerPageSize, maxConflictRounds, parallelTells, runReserveMs } from '../limits.ts';
import { inParallel } from '../parallel.ts';

export interface ToldAgain {
  readonly told: number;
  /** Records that cannot be read. Their outcomes are not sent. */
  readonly unreadable: number;
  /** Where to continue; absent when the whole ledger was read. */
  readonly next?: string;
}

/**
 * Sends the outcome events again for all uploads that ended since then, for an application that missed them. Processes
 * whole pages only, so that it can continue where it stopped. Repeating it sends the events once more and changes
 * nothing else.
 */
export const tellAgain = async (
  since: number,
  after: string | undefined,
  deadline: Deadline,
  { ledger }: Pick<Courier, 'ledger'>,
): Promise<ToldAgain> => {
  let told = 0;
  let unreadable = 0;
  let place = after;
  do {
    const { entries, next } = await ledger.everything(ledgerPageSize, place);
    await inParallel(
      entries,
      parallelTells,
      () => true,
      async (entry) => {
        if (!entry.readable) unreadable += 1;
        else if (await tellOne(entry, since, ledger)) told += 1;
      },
    );
    place = next;
  } while (place !== undefined && deadline.remainingMs() > runReserveMs);
  return { told, unreadable, ...(place !== undefined && { next: place }) };
};

/** A record that another invocation changed meanwhile is read again, because that write may have sent no event. */
const tellOne = async (first: LedgerEntry, since: number, ledger: Courier['ledger']): Promise<boolean> => {
  let entry: LedgerEntry | undefined = first;
  for (let round = 1; round <= maxConflictRounds; round += 1) {
    if (!entry?.readable || !hasEndedSince(entry.record, since)) return false;
    if ((await ledger.tell(entry.record)) === 'told') return true;
    entry = await ledger.read(first.id);
  }
  throw new TooManyConflicts('ledger record');
};

const hasEndedSince = ({ state, updatedAt }: LedgerRecord, since: number): boolean =>
  isTold(state.status) && updatedAt >= since;
