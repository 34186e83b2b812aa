import { isDeepStrictEqual } from 'node:util';
import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { fromAttributes } from '../../../../lib/aws/dynamo-table.ts';
import { fromLaneItem, laneKey } from '../../../../lib/lane/lane-item.ts';
import { closedBy } from '../../../../lib/lane/lane-store.ts';
import type { LedgerRecord } from '../../../../lib/ledger/record.ts';
import { fromItem, RecordUnreadable } from '../../../../lib/ledger/record-item.ts';
import type { Item } from '../../../../lib/ledger/table.ts';
import type { ListedPause } from '../../../../lib/operator/list-pauses.ts';

export type ScannedRecord =
  | { readonly readable: true; readonly record: LedgerRecord }
  | { readonly readable: false; readonly reason: string };

export interface LedgerScan {
  /** By upload id. */
  readonly uploads: ReadonlyMap<string, ScannedRecord>;
  readonly pauses: readonly ListedPause[];
}

/**
 * Reads the whole table each time. 500 items take about 20 ms on a laptop, and it finds changes made by any program. Of
 * the functions, only `tell` scans, on request: a deployed table may hold the records of years.
 */
export const ledgerScan = (client: DynamoDBClient, table: string, bucket: string): (() => Promise<LedgerScan>) => {
  // An unchanged record is not parsed again.
  let known = new Map<string, { readonly item: Item; readonly seen: ScannedRecord }>();

  return async () => {
    const items = await allItems(client, table);
    const next: typeof known = new Map();
    for (const item of items) {
      if (!item.pk.startsWith(`${bucket}/`)) continue;
      const before = known.get(item.pk);
      next.set(item.pk, isDeepStrictEqual(before?.item, item) && before ? before : { item, seen: readRecord(item) });
    }
    known = next;
    return {
      uploads: new Map([...next].map(([pk, { seen }]) => [pk, seen])),
      pauses: items.filter(({ pk }) => pk.startsWith(laneKey(''))).flatMap(pausesOf),
    };
  };
};

const pausesOf = (item: Item): readonly ListedPause[] => {
  const lane = fromLaneItem(item);
  const closed = closedBy(item.pk.slice(laneKey('').length), lane);
  if (!closed) return [];
  return [{ ...closed, ...(lane !== 'unreadable' && lane.pause && { pause: lane.pause }) }];
};

const readRecord = (item: Item): ScannedRecord => {
  try {
    return { readable: true, record: fromItem(item) };
  } catch (error) {
    if (!(error instanceof RecordUnreadable)) throw error;
    return { readable: false, reason: error.message };
  }
};

const allItems = async (client: DynamoDBClient, table: string): Promise<readonly Item[]> => {
  const items: Item[] = [];
  for await (const page of paginateScan({ client }, { TableName: table })) {
    items.push(...(page.Items ?? []).map(fromAttributes));
  }
  return items;
};
