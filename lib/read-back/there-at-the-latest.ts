import type { State } from '../ledger/record.ts';
import { listedLateMs } from '../limits.ts';

/** Until when the file of an upload that is or may be at its target can have come there; undefined when it is not. */
export const thereAtTheLatest = (state: State): number | undefined => {
  if (state.status === 'attached') return state.attachedAt;
  if (state.status === 'unknown')
    return state.unknownSince === undefined ? undefined : state.unknownSince + listedLateMs;
  return state.status === 'held' && state.mayBeDelivered ? state.heldAt + listedLateMs : undefined;
};
