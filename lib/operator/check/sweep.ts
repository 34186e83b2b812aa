import type { Courier } from '../../courier.ts';
import { damagedSweepAdvice, readSweep } from '../../runs/sweep-store.ts';
import { type CheckLine, fine, wrong } from './check-line.ts';

/** Whether every object of the watched folders was accounted for, and folders that no template watches. */
export const checkSweep = async ({ table }: Pick<Courier, 'table'>): Promise<readonly CheckLine[]> => {
  const { state } = await readSweep(table);
  if (state === 'damaged') return [wrong('sweep', 'Its item cannot be read, so nothing is swept.', damagedSweepAdvice)];
  if (state?.finishedAt === undefined)
    return [fine('sweep', 'No pass has finished so far; the first scheduled run starts one.')];
  const { finishedAt, unaccounted = 0, folders = [] } = state;
  const ended = `The last pass ended at ${new Date(finishedAt).toISOString()}.`;
  const pass =
    unaccounted === 0
      ? fine('sweep', `${ended} It accounted for every object that it asked about.`)
      : wrong(
          'sweep',
          `${ended} ${unaccounted} objects could not be written into the ledger.`,
          'Read the log of on-schedule, which says why, and fix the cause; the next pass tries them again.',
        );
  if (folders.length === 0) return [pass];
  const found = `KEY_TEMPLATES watches nothing in these folders at the root: ${folders.join(', ')}.`;
  return [pass, fine('unwatched folders', found)];
};
