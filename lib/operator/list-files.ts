import type { Known, Ledger } from '../ledger/ledger.ts';
import type { WorkQueue } from '../ledger/record-item.ts';

/** The lists that a person reads. */
export type FileList = Exclude<WorkQueue, 'due'>;

/** Where a list ended: the moment since which the last file is held or rejected, in milliseconds, and its id. */
export interface FilePlace {
  readonly at: number;
  readonly id: string;
}

export interface PlacedFile {
  readonly known: Known;
  readonly place: FilePlace;
}

const pageSize = 100;

/**
 * Held files, oldest first, or rejected ones, newest first, after a place; those of one moment by their ids, so that a
 * list can go on anywhere. Rejected ones are read from that place on: their history may be long.
 */
export async function* filesAfter(
  list: FileList,
  place: FilePlace | undefined,
  { ledger }: { readonly ledger: Pick<Ledger, 'work'> },
): AsyncGenerator<PlacedFile, void, undefined> {
  let moment: PlacedFile[] = [];
  for await (const known of ledger.work(list, pageSize, list === 'rejected' ? place?.at : undefined)) {
    const at = momentOf(known);
    if (moment[0] && moment[0].place.at !== at) {
      yield* after(list, place, moment);
      moment = [];
    }
    moment.push({ known, place: { at, id: known.id } });
  }
  yield* after(list, place, moment);
}

const momentOf = (known: Known): number => {
  if (!known.readable) return known.workAt ?? 0;
  const { state } = known.record;
  if (state.status === 'held') return state.heldAt;
  return state.status === 'rejected' ? state.rejectedAt : 0;
};

const after = (list: FileList, place: FilePlace | undefined, moment: readonly PlacedFile[]): readonly PlacedFile[] => {
  const isLater = (at: number, from: number): boolean => (list === 'rejected' ? at < from : at > from);
  return moment
    .filter(({ place: { at, id } }) => !place || isLater(at, place.at) || (at === place.at && id > place.id))
    .toSorted((a, b) => (a.place.id < b.place.id ? -1 : 1));
};
