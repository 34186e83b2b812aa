import * as v from 'valibot';
import { parseJson } from '../../json.ts';
import type { Item, Table } from '../../ledger/table.ts';

/** The key of the canary's item in the ledger table. No upload has this key. */
export const canaryItemKey = 'canary';

/** Milliseconds since the epoch, within the range of `Date`. */
const time = v.pipe(v.number(), v.minValue(0), v.maxValue(8.64e15));

const schema = v.object({
  /** The object key under which it is put. */
  key: v.string(),
  /** The start of the run that puts the canary. */
  startedAt: time,
  /** Since when a canary is due but not attached. */
  owedSince: time,
  /** Absent until the object is in the bucket. */
  etag: v.optional(v.string()),
  /** Stored here, because the file's record may expire or be erased. */
  attached: v.optional(v.literal(true)),
});

export type CanaryState = Readonly<v.InferOutput<typeof schema>>;

export interface StoredCanary {
  /** Absent before the first canary. */
  readonly version?: number;
  /** Also absent when the item was changed by hand; the next canary then begins again. */
  readonly state?: CanaryState;
}

export const readCanaryItem = async (table: Pick<Table, 'get'>): Promise<StoredCanary> => {
  const item = await table.get(canaryItemKey);
  if (!item) return {};
  const parsed = v.safeParse(schema, parseJson(item.document));
  return { version: item.version, ...(parsed.success && { state: parsed.output }) };
};

/**
 * @returns the written version; undefined when another run was faster, or when the response to this write was lost.
 *   Nothing is put then; if no other run does it, a later run will.
 */
export const writeCanaryItem = async (
  state: CanaryState,
  seenVersion: number | undefined,
  table: Pick<Table, 'get' | 'put'>,
): Promise<number | undefined> => {
  const item: Item = { pk: canaryItemKey, version: (seenVersion ?? 0) + 1, document: JSON.stringify(state) };
  const result = await table.put(
    item,
    seenVersion === undefined ? { kind: 'absent' } : { kind: 'unchanged', version: seenVersion },
  );
  return result.written ? item.version : undefined;
};
