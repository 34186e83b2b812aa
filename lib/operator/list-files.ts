import type { Courier } from '../courier.ts';
import type { LedgerEntry } from '../ledger/ledger.ts';
import type { WorkQueue } from '../ledger/record-item.ts';
import { ledgerPageSize } from '../limits.ts';

/** The lists that an operator reads. */
export type FileList = Exclude<WorkQueue, 'due'>;

/** Where a list ended: when the last file was held or rejected, in milliseconds, and its id. */
export interface FilePlace {
  readonly at: number;
  readonly id: string;
}

export interface PlacedFile {
  readonly known: LedgerEntry;
  readonly place: FilePlace;
}

/**
 * Held files, oldest first, or rejected ones, newest first, after a place. Files with the same time are sorted by id,
 * so that a list can continue anywhere. Rejected files are read only from that place on, because their history may be
 * long.
 */
export async function* listFiles(
  list: FileList,
  place: FilePlace | undefined,
  { ledger }: Pick<Courier, 'ledger'>,
): AsyncGenerator<PlacedFile, void, undefined> {
  let sameTime: PlacedFile[] = [];
  for await (const known of ledger.work(list, ledgerPageSize, list === 'rejected' ? place?.at : undefined)) {
    const at = timestampOf(known);
    if (sameTime[0] && sameTime[0].place.at !== at) {
      yield* afterPlace(list, place, sameTime);
      sameTime = [];
    }
    sameTime.push({ known, place: { at, id: known.id } });
  }
  yield* afterPlace(list, place, sameTime);
}

const timestampOf = (known: LedgerEntry): number => {
  if (!known.readable) return known.workAt ?? 0;
  const { state } = known.record;
  if (state.status === 'held') return state.heldAt;
  if (state.status === 'attached') return known.record.updatedAt;
  return state.status === 'rejected' ? state.rejectedAt : 0;
};

const afterPlace = (
  list: FileList,
  place: FilePlace | undefined,
  sameTime: readonly PlacedFile[],
): readonly PlacedFile[] => {
  const isLater = (at: number, from: number): boolean => (list === 'rejected' ? at < from : at > from);
  return sameTime
    .filter(({ place: { at, id } }) => !place || isLater(at, place.at) || (at === place.at && id > place.id))
    .toSorted((a, b) => (a.place.id < b.place.id ? -1 : 1));
};
