import * as v from 'valibot';
import { parseJson } from '../../json.ts';
import type { Item, Table } from '../../ledger/table.ts';

/** The canary's item: beside the uploads, as `canary`. No upload has such a key. */
export const canaryItemKey = 'canary';

/** Milliseconds since the epoch, within the range of a Date. */
const time = v.pipe(v.number(), v.minValue(0), v.maxValue(8.64e15));

const schema = v.object({
  /** Under which key it is put. */
  key: v.string(),
  /** When the run began that puts it. */
  startedAt: time,
  /** Since when no canary was attached although one is owed. */
  owedSince: time,
  /** Absent until the bucket has taken it. */
  etag: v.optional(v.string()),
  /** Noted here, because the record of the file may expire or be erased. */
  attached: v.optional(v.literal(true)),
});

export type CanaryState = Readonly<v.InferOutput<typeof schema>>;

export interface StoredCanary {
  /** Absent before the first canary. */
  readonly version?: number;
  /** Absent as well when the item was changed by hand: the next canary then begins anew. */
  readonly state?: CanaryState;
}

export const readCanaryItem = async (table: Pick<Table, 'get'>): Promise<StoredCanary> => {
  const item = await table.get(canaryItemKey);
  if (!item) return {};
  const parsed = v.safeParse(schema, parseJson(item.document));
  return { version: item.version, ...(parsed.success && { state: parsed.output }) };
};

/**
 * @returns the version written; undefined when another run was faster, or when the response to this write was lost. No file is
 *   put then; where no other run puts one, a later run does.
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
