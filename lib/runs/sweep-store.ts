import * as v from 'valibot';
import { TooManyConflicts } from '../failures/own-error.ts';
import { parseJson } from '../json.ts';
import type { Item, Table } from '../ledger/table.ts';
import type { SweepState } from './sweep-state.ts';

/** The key of the sweep's item in the ledger table. No upload has this key. */
export const sweepKey = 'sweep';

/**
 * `damaged`: someone changed the item by hand, so that a field is missing or has the wrong type. The date from which
 * objects should be checked is then unknown.
 */
export interface StoredSweep {
  /** Absent before the first run. */
  readonly version?: number;
  readonly state: SweepState | 'damaged' | undefined;
}

export const damagedSweepAdvice =
  'Set SWEEP_SINCE to the date from which objects should be checked, or delete the item "sweep" from the ledger table to start from now.';

export const readSweep = async (table: Pick<Table, 'get'>): Promise<StoredSweep> => {
  const item = await table.get(sweepKey);
  if (!item) return { state: undefined };
  const parsed = v.safeParse(schema, parseJson(item.document));
  return { version: item.version, state: parsed.success ? parsed.output : 'damaged' };
};

export const nextVersion = (seen: number | undefined): number => (seen ?? 0) + 1;

/** @returns false when another run was faster; nothing was written then */
export const writeSweep = async (
  state: SweepState,
  seenVersion: number | undefined,
  table: Pick<Table, 'get' | 'put'>,
): Promise<boolean> => {
  const item: Item = {
    pk: sweepKey,
    version: nextVersion(seenVersion),
    status: 'sweep',
    document: JSON.stringify(state),
  };
  const result = await table.put(
    item,
    seenVersion === undefined ? { kind: 'absent' } : { kind: 'unchanged', version: seenVersion },
  );
  if (result.written) return true;
  // The SDK retries a write whose response was lost. The retry then conflicts with the first write, which succeeded.
  const found = result.found ?? (await table.get(sweepKey));
  return found?.document === item.document;
};

/**
 * The position of a pass in progress is a key. If it is this one, the pass lists its folder again from the start.
 * @throws {TooManyConflicts} when the sweep wrote its item at the same time
 */
export const clearSweepPosition = async (key: string, table: Pick<Table, 'get' | 'put'>): Promise<void> => {
  const { state, version } = await readSweep(table);
  if (typeof state !== 'object' || state.pass?.afterKey !== key) return;
  const isWritten = await writeSweep({ ...state, pass: { ...state.pass, afterKey: undefined } }, version, table);
  if (!isWritten) throw new TooManyConflicts('sweep item');
};

/**
 * Milliseconds since the epoch, within the range of `Date`, because `status` shows them. SWEEP_SINCE may be before
 * 1970.
 */
const time = v.pipe(v.number(), v.minValue(-8.64e15), v.maxValue(8.64e15));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** Loose: fields that a newer version added are kept, so that the newer version can be deployed again. */
const schema = v.looseObject({
  since: v.record(v.string(), time),
  watermark: time,
  pass: v.optional(
    v.looseObject({
      startedAt: time,
      prefix: v.string(),
      afterKey: v.optional(v.string()),
      token: v.optional(v.string()),
      deep: v.boolean(),
      unaccounted: count,
      unmatched: v.optional(count),
    }),
  ),
  lease: v.optional(v.looseObject({ owner: v.string(), until: time })),
  startedAt: v.optional(time),
  finishedAt: v.optional(time),
  deepAt: v.optional(time),
  unaccounted: v.optional(count),
  unmatched: v.optional(count),
  folders: v.optional(v.array(v.string())),
});
