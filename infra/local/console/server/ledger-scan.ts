import { type DynamoDBClient, ScanCommand, type ScanCommandInput } from '@aws-sdk/client-dynamodb';
import type { LedgerRecord } from '../../../../lib/ledger/record.ts';
import { fromItem, RecordUnreadable } from '../../../../lib/ledger/record-item.ts';
import type { Item } from '../../../../lib/ledger/table.ts';
import type { Pause } from '../../../../lib/pause/pause.ts';
import { fromPauseItem, pauseKey } from '../../../../lib/pause/pause-item.ts';

export type Seen =
  | { readonly readable: true; readonly record: LedgerRecord }
  | { readonly readable: false; readonly reason: string };

export interface LedgerSight {
  /** By upload id. */
  readonly uploads: ReadonlyMap<string, Seen>;
  /** Those that are not closed. */
  readonly pauses: readonly Pause[];
}

/**
 * Reads the whole table each time: some 500 items take 20 ms on a laptop, and whoever changed it, and by whatever way,
 * is seen. The functions never do this; their table may hold years.
 */
export const ledgerScan = (client: DynamoDBClient, table: string, bucket: string): (() => Promise<LedgerSight>) => {
  // A record that has not changed is not parsed again.
  let known = new Map<string, { readonly document: string; readonly seen: Seen }>();

  return async () => {
    const items = await allItems(client, table);
    const next: typeof known = new Map();
    for (const item of items) {
      if (!item.pk.startsWith(`${bucket}/`)) continue;
      const before = known.get(item.pk);
      next.set(item.pk, before?.document === item.document ? before : { document: item.document, seen: seenOf(item) });
    }
    known = next;
    return {
      uploads: new Map([...next].map(([pk, { seen }]) => [pk, seen])),
      pauses: items
        .filter(({ pk }) => pk.startsWith(pauseKey('')))
        .map(fromPauseItem)
        .filter(({ state }) => state !== 'closed'),
    };
  };
};

const seenOf = (item: Item): Seen => {
  try {
    return { readable: true, record: fromItem(item) };
  } catch (error) {
    if (!(error instanceof RecordUnreadable)) throw error;
    return { readable: false, reason: error.message };
  }
};

const allItems = async (client: DynamoDBClient, table: string): Promise<readonly Item[]> => {
  const items: Item[] = [];
  let after: ScanCommandInput['ExclusiveStartKey'];
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new ScanCommand({ TableName: table, ...(after && { ExclusiveStartKey: after }) }),
    );
    for (const { pk, version, owner, document, workShard, workAt } of Items) {
      items.push({
        pk: pk?.S ?? '',
        version: Number(version?.N ?? 0),
        document: document?.S ?? '',
        ...(owner?.S !== undefined && { owner: owner.S }),
        ...(workShard?.S !== undefined && { workShard: workShard.S }),
        ...(workAt?.N !== undefined && { workAt: Number(workAt.N) }),
      });
    }
    after = LastEvaluatedKey;
  } while (after);
  return items;
};
