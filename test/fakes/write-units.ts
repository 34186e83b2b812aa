import type { GlobalSecondaryIndex } from '@aws-sdk/client-dynamodb';
import type { TableDefinition } from '../../infra/local/aws/dynamodb/table-definition.ts';
import type { Item } from '../../lib/ledger/table.ts';

type Attributes = Readonly<Record<string, string | number>>;

/** Leading and trailing zeros of a number are not stored. */
const significantDigits = (value: number): number =>
  String(Math.abs(value)).replace('.', '').replace(/^0+/, '').replace(/0+$/, '').length;

const sizeOfValue = (value: string | number): number =>
  typeof value === 'string'
    ? Buffer.byteLength(value)
    : 1 + Math.ceil(significantDigits(value) / 2) + Number(value < 0);

/**
 * Bytes of an item as DynamoDB bills them: names and texts in UTF-8; of a number, a byte per two significant digits and one.
 * @see Amazon DynamoDB Developer Guide, "DynamoDB Item sizes and formats"
 */
export const itemSize = (item: Item | Attributes): number =>
  attributesOf(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + sizeOfValue(value), 0);

const attributesOf = (item: Item | Attributes): [string, string | number][] =>
  Object.entries(item).filter(([, value]) => value !== undefined);

const unitsOf = (bytes: number): number => Math.max(1, Math.ceil(bytes / 1_024));

type Definition = Pick<TableDefinition, 'KeySchema' | 'GlobalSecondaryIndexes'>;

/**
 * What DynamoDB bills for a write that replaces `before` by `after`.
 * The table: the size of the larger one. An index: one write for an entry that is added, removed or changed, two for an entry
 * whose key changes, none for an unchanged one.
 * @see Amazon DynamoDB Developer Guide, "Using Global Secondary Indexes": write capacity
 */
export const writeUnits = (before: Item | undefined, after: Item, definition: Definition): number => {
  const table = unitsOf(Math.max(before ? itemSize(before) : 0, itemSize(after)));
  const indexes = (definition.GlobalSecondaryIndexes ?? []).map((index) => {
    const [old, next] = [before && entryIn(before, index, definition), entryIn(after, index, definition)];
    if (!old || !next) return [old, next].reduce((sum, entry) => sum + (entry ? unitsOf(itemSize(entry)) : 0), 0);
    if (JSON.stringify(old) === JSON.stringify(next)) return 0;
    const isSameKey = keysOf(index).every((name) => old[name] === next[name]);
    return isSameKey
      ? unitsOf(Math.max(itemSize(old), itemSize(next)))
      : unitsOf(itemSize(old)) + unitsOf(itemSize(next));
  });
  return indexes.reduce((sum, units) => sum + units, table);
};

const keysOf = ({ KeySchema }: Pick<TableDefinition, 'KeySchema'>): readonly string[] =>
  (KeySchema ?? []).map(({ AttributeName = '' }) => AttributeName);

/** The index's entry of the item; undefined when one of the keys is missing. */
const entryIn = (item: Item, index: GlobalSecondaryIndex, table: Definition): Attributes | undefined => {
  const all = attributesOf(item).sort(([one], [other]) => (one < other ? -1 : 1));
  if (!keysOf(index).every((key) => all.some(([name]) => name === key))) return undefined;
  const { ProjectionType, NonKeyAttributes = [] } = index.Projection ?? {};
  const held = [...keysOf(table), ...keysOf(index), ...NonKeyAttributes];
  return Object.fromEntries(all.filter(([name]) => ProjectionType === 'ALL' || held.includes(name)));
};
