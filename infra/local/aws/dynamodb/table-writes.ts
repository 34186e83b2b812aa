import type { IncomingHttpHeaders } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import type { Answer, Attributes, DynaliteCaller } from './dynalite-caller.ts';

/** One write, as DynamoDB Streams reports it with the view NEW_AND_OLD_IMAGES. */
export interface TableWrite {
  readonly tableName: string;
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly keys: Attributes;
  readonly newImage?: Attributes;
  readonly oldImage?: Attributes;
}

export interface TableWrites {
  /** The operations that change items. */
  takes(operation: string): boolean;
  handle(operation: string, body: string, headers?: IncomingHttpHeaders): Promise<Answer>;
  /**
   * Calls the listener for every write that changed an item, in the order of the writes.
   * @returns a function that ends the subscription
   */
  onWrite(listener: (write: TableWrite) => void): () => void;
}

/** The members of the four write requests that identify items. */
interface WriteRequest {
  readonly TableName?: string;
  readonly Item?: Attributes;
  readonly Key?: Attributes;
  readonly ReturnValuesOnConditionCheckFailure?: string;
  readonly RequestItems?: Readonly<
    Record<string, readonly { PutRequest?: { Item: Attributes }; DeleteRequest?: { Key: Attributes } }[]>
  >;
}

/** A table, and attributes with at least the key of an item. */
type Named = readonly [tableName: string, attributes: Attributes];

const itemsNamedIn = ({ TableName, Item, Key, RequestItems = {} }: WriteRequest): readonly Named[] => [
  ...(TableName === undefined ? [] : [[TableName, Item ?? Key ?? {}] as const]),
  ...Object.entries(RequestItems).flatMap(([tableName, writes]) =>
    writes.map(({ PutRequest, DeleteRequest }) => [tableName, PutRequest?.Item ?? DeleteRequest?.Key ?? {}] as const),
  ),
];

/**
 * Writes to dynalite, and adds what it lacks: the item of a refused write, and a stream of changes. The item is read
 * after dynalite has refused the write, so a second write in between would return the wrong item. Therefore all writes
 * pass through here one at a time.
 */
export const tableWrites = (dynalite: DynaliteCaller): TableWrites => {
  const listeners = new Set<(write: TableWrite) => void>();
  let last: Promise<unknown> = Promise.resolve();

  /** There is no image either when the keys do not fit the table: the write itself is refused then. */
  const imageOf = async ([tableName, attributes]: Named) => {
    const names = await dynalite.keyNamesOf(tableName);
    const keys: Attributes = Object.fromEntries(
      names.flatMap((name) => (attributes[name] ? [[name, attributes[name]]] : [])),
    );
    const wanted = JSON.stringify({ TableName: tableName, Key: keys, ConsistentRead: true });
    const { status, body } = await dynalite.send('GetItem', wanted);
    return { tableName, keys, image: status === 200 ? (JSON.parse(body).Item as Attributes | undefined) : undefined };
  };

  /** Empty for a request that dynalite will refuse: the answer is then dynalite's. */
  const imagesOf = async (body: string) => {
    try {
      return await Promise.all(itemsNamedIn(JSON.parse(body)).map(imageOf));
    } catch {
      return [];
    }
  };

  const write: TableWrites['handle'] = async (operation, body, headers) => {
    const before = listeners.size > 0 ? await imagesOf(body) : [];
    const answer = await dynalite.send(operation, body, headers);
    if (isRefusal(answer)) return withItem(answer, body);
    const after = answer.status === 200 && before.length > 0 ? await imagesOf(body) : [];
    for (const [at, { image, ...place }] of after.entries()) tell(listeners, place, before[at]?.image, image);
    return answer;
  };

  const withItem = async (answer: Answer, body: string): Promise<Answer> => {
    const { ReturnValuesOnConditionCheckFailure: wanted }: WriteRequest = JSON.parse(body);
    const [found] = wanted === 'ALL_OLD' ? await imagesOf(body) : [];
    return found?.image
      ? { ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), Item: found.image }) }
      : answer;
  };

  return {
    takes: (operation) => ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'].includes(operation),
    handle: (...request) => {
      const answer = last.then(() => write(...request));
      last = answer.catch(() => undefined);
      return answer;
    },
    onWrite: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
};

const isRefusal = ({ status, body }: Answer): boolean =>
  status === 400 && body.includes('#ConditionalCheckFailedException"');

const tell = (
  listeners: Iterable<(write: TableWrite) => void>,
  place: Pick<TableWrite, 'tableName' | 'keys'>,
  oldImage: Attributes | undefined,
  newImage: Attributes | undefined,
): void => {
  // DynamoDB writes no stream record for a write that changes nothing.
  if (isDeepStrictEqual(oldImage, newImage)) return;
  const eventName = newImage === undefined ? 'REMOVE' : oldImage === undefined ? 'INSERT' : 'MODIFY';
  const write = { ...place, eventName, ...(newImage && { newImage }), ...(oldImage && { oldImage }) } as const;
  // An error in a stream listener must not look like a failed write.
  for (const listener of listeners) queueMicrotask(() => listener(write));
};
