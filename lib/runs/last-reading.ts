import * as v from 'valibot';
import { parseJson } from '../json.ts';
import type { Table } from '../ledger/table.ts';
import { newForMs } from '../limits.ts';

/** When the gauges were told last: beside the uploads, as `gauges`. No upload has such a key. */
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

/** What began after this is new. What began while no run told of anything is not left out, however long that was. */
export const newSince = ({ at = Number.POSITIVE_INFINITY }: LastReading, now: number): number =>
  Math.min(now - newForMs, at);

/** A run that was faster has told of the same. */
export const noteReading = async (at: number, { version }: LastReading, table: Pick<Table, 'put'>): Promise<void> => {
  const item = { pk: readingKey, version: (version ?? 0) + 1, document: JSON.stringify({ at }) };
  await table.put(item, version === undefined ? { kind: 'absent' } : { kind: 'unchanged', version });
};
