import { describeError } from '../failures/own-error.ts';
import { isNews, withNews } from './outcome-attributes.ts';
import type { LedgerRecord } from './record.ts';
import { fromItem, RecordUnreadable, toItem } from './record-item.ts';
import type { Item, Table } from './table.ts';

/** A record, or the reason why it cannot be read. The file of an unreadable record is never sent. */
export type LedgerEntry =
  | { readonly id: string; readonly readable: true; readonly record: LedgerRecord }
  | {
      readonly id: string;
      readonly readable: false;
      readonly version: number;
      readonly reason: string;
      /** Its place in the work list, in milliseconds; absent when it has none. */
      readonly workAt?: number;
    };

/** `written`, or the item that exists instead; `vanished` when there is none. */
type Written = Item | 'written' | 'vanished';

/** Writes one record with one conditional put on the version that was read. */
export const recordWriter = (table: Table, retentionDays: number) => {
  const put = async (item: Item, next: LedgerRecord, seen: LedgerRecord | undefined): Promise<Written> => {
    const owner = seen?.state.status === 'sending' ? seen.state.owner : undefined;
    const result = await table.put(
      item,
      seen ? { kind: 'unchanged', version: seen.version, ...(owner !== undefined && { owner }) } : { kind: 'absent' },
    );
    if (result.written) return 'written';
    const found = result.found ?? (await table.get(item.pk));
    if (!found) return 'vanished';
    // The SDK retries a write whose response was lost. The retry then conflicts with the first write, which succeeded.
    const stored = readItem(found);
    return stored.readable && stored.record.writeId === next.writeId ? 'written' : found;
  };

  const writeAsNews = (next: LedgerRecord, seen: LedgerRecord | undefined): Promise<Written> =>
    put(withNews(toItem(next, retentionDays), next), next, seen);

  const write = (next: LedgerRecord, seen: LedgerRecord | undefined): Promise<Written> =>
    isNews(seen, next) ? writeAsNews(next, seen) : put(toItem(next, retentionDays), next, seen);

  return { write, writeAsNews };
};

export const readItem = (item: Item): LedgerEntry => {
  try {
    return { id: item.pk, readable: true, record: fromItem(item) };
  } catch (error) {
    if (!(error instanceof RecordUnreadable)) throw error;
    const { pk: id, version, workAt } = item;
    return { id, readable: false, version, reason: describeError(error), ...(workAt !== undefined && { workAt }) };
  }
};
