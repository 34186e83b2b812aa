import * as v from 'valibot';
import { parseJson } from '../json.ts';
import type { Table } from '../ledger/table.ts';
import { newForMs } from '../limits.ts';

/** The key of the item that stores when the gauges were last reported. No upload has this key. */
export const readingKey = 'gauges';

export interface LastReading {
  /** Milliseconds since the epoch; absent before the first run, or when the item was changed by hand. */
  readonly at?: number | undefined;
  readonly version?: number;
}

const schema = v.object({ at: v.pipe(v.number(), v.finite()) });

export const lastReading = async (table: Pick<Table, 'get'>): Promise<LastReading> => {
  const item = await table.get(readingKey);
  if (!item) return {};
  const parsed = v.safeParse(schema, parseJson(item.document));
  return { version: item.version, at: parsed.success ? parsed.output.at : undefined };
};

/**
 * Everything that started after this time is new. This includes causes that started while no run reported, however long
 * that was.
 */
export const newSince = ({ at = Number.POSITIVE_INFINITY }: LastReading, now: number): number =>
  Math.min(now - newForMs, at);

/** A conflict needs no retry: another run has reported the same. */
export const noteReading = async (at: number, { version }: LastReading, table: Pick<Table, 'put'>): Promise<void> => {
  const item = { pk: readingKey, version: (version ?? 0) + 1, document: JSON.stringify({ at }) };
  await table.put(item, version === undefined ? { kind: 'absent' } : { kind: 'unchanged', version });
};
