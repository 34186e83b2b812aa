import type { Known, Ledger } from './ledger/ledger.ts';

/** Where a list of held files ended: the moment since which the last one is held, and its id. */
export interface HeldPlace {
  readonly at: number;
  readonly id: string;
}

export interface HeldFile {
  readonly known: Known;
  readonly place: HeldPlace;
}

const pageSize = 100;

/** Held files, oldest first, after a place; those of one moment by their ids, so that a list can go on anywhere. */
export async function* heldAfter(
  place: HeldPlace | undefined,
  { ledger }: { readonly ledger: Pick<Ledger, 'work'> },
): AsyncGenerator<HeldFile, void, undefined> {
  let moment: HeldFile[] = [];
  let at = 0;
  for await (const known of ledger.work('held', pageSize)) {
    const since = known.readable && known.record.state.status === 'held' ? known.record.state.heldAt : at;
    if (since !== at) {
      yield* after(place, moment);
      moment = [];
      at = since;
    }
    moment.push({ known, place: { at: since, id: known.id } });
  }
  yield* after(place, moment);
}

const after = (place: HeldPlace | undefined, moment: readonly HeldFile[]): readonly HeldFile[] =>
  moment
    .filter(({ place: { at, id } }) => place === undefined || at > place.at || (at === place.at && id > place.id))
    .toSorted((a, b) => (a.place.id < b.place.id ? -1 : 1));
