import * as v from 'valibot';
import type { Item, Table } from '../ledger/table.ts';
import type { SweepCursor, SweepPosition, UnreadableCursor } from './sweep-cursor.ts';

/** Where the cursors are kept: beside the uploads, as `sweep#<prefix>`. */
export interface SweepCursorStore {
  /** Undefined before the first run. */
  read(prefix: string): Promise<SweepCursor | UnreadableCursor | undefined>;
  /** False when another run was faster: then nothing was written. */
  write(prefix: string, next: SweepPosition, seen: Pick<SweepCursor, 'version'> | undefined): Promise<boolean>;
}

export const sweepCursorStore = (table: Table): SweepCursorStore => ({
  read: async (prefix) => {
    const item = await table.get(cursorKey(prefix));
    return item && fromItem(item);
  },
  write: async (prefix, next, seen) => {
    const version = (seen?.version ?? 0) + 1;
    const item: Item = { pk: cursorKey(prefix), version, status: 'sweep', document: JSON.stringify(next) };
    const result = await table.put(item, seen ? { kind: 'unchanged', version: seen.version } : { kind: 'absent' });
    return result.written;
  },
});

export const cursorKey = (prefix: string): string => `sweep#${prefix}`;

/** JSON can say 1e999, after which no object would ever be looked at. SWEEP_SINCE may be before 1970. */
const time = v.pipe(v.number(), v.finite());

const schema = v.object({
  since: time,
  watermark: time,
  pass: v.optional(v.object({ startedAt: time, afterKey: v.string() })),
});

const fromItem = (item: Item): SweepCursor | UnreadableCursor => {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), item.document);
  if (!parsed.success) return { unreadable: true, version: item.version };
  return { ...(parsed.output as SweepPosition), version: item.version };
};
