import type { Courier } from '../../courier.ts';
import { damagedSweepAdvice, readSweep } from '../../runs/sweep-store.ts';
import { lastSweepOf } from '../last-sweep.ts';
import { type CheckLine, fine, wrong } from './check-line.ts';

/**
 * Whether every object in the watched folders was accounted for within the last day. Also lists folders that no
 * template watches.
 */
export const checkSweep = async ({ table, clock }: Pick<Courier, 'table' | 'clock'>): Promise<readonly CheckLine[]> => {
  const { state } = await readSweep(table);
  if (state === 'damaged') return [wrong('sweep', 'Its item cannot be read, so no sweep can run.', damagedSweepAdvice)];
  const { sentence, todo } = lastSweepOf(state, clock.now());
  const { finishedAt, unaccounted = 0, folders = [] } = state ?? {};
  const counted = finishedAt === undefined ? sentence : `${sentence} ${accountOf(unaccounted)}`;
  const advice = [todo, unaccounted > 0 ? unaccountedAdvice : undefined].filter((one) => one !== undefined);
  const pass = advice.length === 0 ? fine('sweep', counted) : wrong('sweep', counted, advice.join(' '));
  if (folders.length === 0) return [pass];
  const found = `KEY_TEMPLATES covers nothing in these top-level folders: ${folders.join(', ')}.`;
  return [pass, fine('unwatched folders', `${found} ${unwatchedFoldersAdvice}`)];
};

const accountOf = (unaccounted: number): string =>
  unaccounted === 0
    ? 'It accounted for every object that it checked.'
    : `${unaccounted} objects could not be written into the ledger.`;

export const unwatchedFoldersAdvice =
  'If CVs are uploaded into a folder that no template covers, add a template for it to KEY_TEMPLATES and deploy.';

export const unaccountedAdvice =
  'The log of on-schedule says why objects could not be written. Fix the cause; the next pass tries them again.';
