import * as v from 'valibot';
import type { Item, Table } from './table.ts';

/** How far the sweep of one prefix has come. Kept beside the uploads as `sweep#<prefix>`; times in milliseconds. */
export interface SweepCursor {
  /** Only objects modified after this are looked at. */
  readonly since: number;
  /** Everything modified before this was seen by a pass that was finished. */
  readonly watermark: number;
  /** The pass under way; it goes on after this key, whoever continues it. */
  readonly pass?: { readonly startedAt: number; readonly afterKey: string };
  readonly version: number;
}

export interface SweepCursors {
  read(prefix: string): Promise<SweepCursor | undefined>;
  /** False when another run was faster: then nothing was written. */
  write(prefix: string, next: Omit<SweepCursor, 'version'>, seen: SweepCursor | undefined): Promise<boolean>;
}

export const sweepCursorsOn = (table: Table): SweepCursors => ({
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

const cursorKey = (prefix: string): string => `sweep#${prefix}`;

const schema = v.object({
  since: v.number(),
  watermark: v.number(),
  pass: v.optional(v.object({ startedAt: v.number(), afterKey: v.string() })),
});

/** An unreadable cursor is no reason to stop: the sweep begins again, and what it finds twice the ledger knows. */
const fromItem = (item: Item): SweepCursor | undefined => {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), item.document);
  if (!parsed.success) return { since: 0, watermark: 0, version: item.version };
  return { ...(parsed.output as Omit<SweepCursor, 'version'>), version: item.version };
};
