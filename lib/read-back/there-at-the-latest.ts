import type { State } from '../ledger/record.ts';

/** What Kombo does late it has done, and the tool lists it, within so long. */
export const lateMs = 3 * 60_000;

/** Until when the file of an upload that is or may be at its target can have come there; undefined when it is not. */
export const thereAtTheLatest = (state: State): number | undefined => {
  if (state.status === 'attached') return state.attachedAt;
  if (state.status === 'unknown') return state.unknownSince === undefined ? undefined : state.unknownSince + lateMs;
  return state.status === 'held' && state.mayBeDelivered ? state.heldAt + lateMs : undefined;
};
