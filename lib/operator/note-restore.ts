import type { Courier } from '../courier.ts';
import { literalPrefixes } from '../key-template/match-key.ts';
import { accountLane, type Lane, restoredLane } from '../lane/lane.ts';
import { maxConflictRounds } from '../limits.ts';
import { afterRestore } from '../runs/sweep-state.ts';
import { readSweep, writeSweep } from '../runs/sweep-store.ts';

/**
 * `account`: the account's lane cannot be read, and nothing was done. Otherwise no file whose delivery may be lost is
 * sent without a check of its target. `sweep` says whether the sweep will check all uploads since then, or why not.
 */
export type RestoreNoted =
  | { readonly done: false; readonly why: 'account' }
  | { readonly done: true; readonly sweep: 'asks' | 'damaged' | 'busy' };

/**
 * Notes that the table was restored from a backup. The doubt is written first, so that uploads that the sweep finds are
 * never sent without a check of its target. Safe to repeat.
 * @throws only when the table could not be read or written
 */
export const noteRestore = async (
  restored: NonNullable<Lane['restored']>,
  courier: Pick<Courier, 'settings' | 'lanes' | 'table'>,
): Promise<RestoreNoted> => {
  const account = await courier.lanes.change(accountLane, (lane) => restoredLane(lane, restored));
  if (account === 'unreadable') return { done: false, why: 'account' };
  return { done: true, sweep: await sendSweepBack(restored.since, courier) };
};

/** A run that is sweeping now loses its pass, because its next write conflicts. */
const sendSweepBack = async (
  since: number,
  { settings, table }: Pick<Courier, 'settings' | 'table'>,
): Promise<'asks' | 'damaged' | 'busy'> => {
  const prefixes = literalPrefixes(settings.keyTemplates);
  for (let round = 1; round <= maxConflictRounds; round += 1) {
    const { state, version } = await readSweep(table);
    // With SWEEP_SINCE a damaged item is replaced, and all uploads since that date are checked.
    if (state === 'damaged') return settings.sweepSince === undefined ? 'damaged' : 'asks';
    if (await writeSweep(afterRestore(state, prefixes, since), version, table)) return 'asks';
  }
  return 'busy';
};
