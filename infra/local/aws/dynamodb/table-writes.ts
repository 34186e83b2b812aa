import type { IncomingHttpHeaders } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import type { Answer, Attributes, DynaliteCaller } from './dynalite-caller.ts';

/** One write as DynamoDB Streams reports it with the view NEW_AND_OLD_IMAGES. */
export interface TableWrite {
  readonly tableName: string;
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly keys: Attributes;
  readonly newImage?: Attributes;
  readonly oldImage?: Attributes;
}

export interface TableWrites {
  /** The operations that change items, and the one after which a table of the same name may have other keys. */
  takes(operation: string): boolean;
  handle(operation: string, body: string, headers?: IncomingHttpHeaders): Promise<Answer>;
  /**
   * Calls back for every write that changed an item, in the order of the writes of that item.
   * @returns ends the subscription
   */
  onWrite(listener: (write: TableWrite) => void): () => void;
}

/** The part of the four requests that names items. */
interface WriteRequest {
  readonly TableName?: string;
  readonly Item?: Attributes;
  readonly Key?: Attributes;
  readonly ReturnValuesOnConditionCheckFailure?: string;
  readonly RequestItems?: Readonly<
    Record<string, readonly { PutRequest?: { Item: Attributes }; DeleteRequest?: { Key: Attributes } }[]>
  >;
}

interface Place {
  readonly tableName: string;
  readonly keys: Attributes;
}

/**
 * Writes to dynalite, with what it lacks: the item of a refused write, and a stream of changes.
 * Dynalite refuses first and the item is read afterwards. Another write in between would be shown instead of the one that
 * caused the refusal; so every write passes here, and writes of one item take turns.
 */
export const tableWrites = (dynalite: DynaliteCaller): TableWrites => {
  const listeners = new Set<(write: TableWrite) => void>();
  const inTurn = turnsByName();
  const keyNames = new Map<string, Promise<readonly string[]>>();

  const keyNamesOf = (tableName: string): Promise<readonly string[]> => {
    const known = keyNames.get(tableName) ?? dynalite.keyNamesOf(tableName);
    keyNames.set(tableName, known);
    return known;
  };

  const placesOf = async (request: WriteRequest): Promise<readonly Place[]> => {
    const named = Object.entries(request.RequestItems ?? {}).flatMap(([tableName, writes]) =>
      writes.map(({ PutRequest, DeleteRequest }) => ({
        tableName,
        attributes: PutRequest?.Item ?? DeleteRequest?.Key ?? {},
      })),
    );
    if (request.TableName !== undefined)
      named.push({ tableName: request.TableName, attributes: request.Item ?? request.Key ?? {} });
    return Promise.all(
      named.map(async ({ tableName, attributes }) => {
        const keys = (await keyNamesOf(tableName)).map((name) => [name, attributes[name]] as const);
        if (keys.some(([, value]) => value === undefined)) throw new Error('A key attribute is missing.');
        return { tableName, keys: Object.fromEntries(keys) as Attributes };
      }),
    );
  };

  /** Undefined also when the keys have another type than those of the table: the write itself is refused then. */
  const imageAt = async ({ tableName, keys }: Place): Promise<Attributes | undefined> => {
    const wanted = JSON.stringify({ TableName: tableName, Key: keys, ConsistentRead: true });
    const { status, body } = await dynalite.send('GetItem', wanted);
    return status === 200 ? JSON.parse(body).Item : undefined;
  };

  /** Undefined when it names no item: DeleteTable, and requests that dynalite will refuse in DynamoDB's words. */
  const requestIn = async (body: string): Promise<(WriteRequest & { places: readonly Place[] }) | undefined> => {
    try {
      const request: WriteRequest = JSON.parse(body);
      return { ...request, places: await placesOf(request) };
    } catch {
      keyNames.clear();
      return undefined;
    }
  };

  return {
    takes: (operation) => ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'DeleteTable'].includes(operation),
    handle: async (operation, body, headers) => {
      const request = await requestIn(body);
      if (!request) return dynalite.send(operation, body, headers);
      const { places } = request;
      return inTurn(places.map(nameOf), async () => {
        const before = listeners.size > 0 ? await Promise.all(places.map(imageAt)) : undefined;
        const answer = await dynalite.send(operation, body, headers);
        const [place] = places;
        if (isRefusal(answer) && place && request.ReturnValuesOnConditionCheckFailure === 'ALL_OLD')
          return withItem(answer, await imageAt(place));
        if (answer.status === 200 && before) {
          const after = await Promise.all(places.map(imageAt));
          for (const [at, its] of places.entries()) tell(listeners, its, before[at], after[at]);
        }
        return answer;
      });
    },
    onWrite: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
};

const nameOf = ({ tableName, keys }: Place): string => JSON.stringify([tableName, Object.entries(keys)]);

const isRefusal = ({ status, body }: Answer): boolean =>
  status === 400 && body.includes('#ConditionalCheckFailedException"');

const withItem = ({ status, body }: Answer, item: Attributes | undefined): Answer => ({
  status,
  body: item ? JSON.stringify({ ...JSON.parse(body), Item: item }) : body,
});

const tell = (
  listeners: Iterable<(write: TableWrite) => void>,
  { tableName, keys }: Place,
  oldImage: Attributes | undefined,
  newImage: Attributes | undefined,
): void => {
  // DynamoDB writes no stream record for a write that changes nothing.
  if (isDeepStrictEqual(oldImage, newImage)) return;
  const eventName = newImage === undefined ? 'REMOVE' : oldImage === undefined ? 'INSERT' : 'MODIFY';
  const write = { tableName, eventName, keys, ...(newImage && { newImage }), ...(oldImage && { oldImage }) } as const;
  // A mistake of a reader of the stream must not look like a failed write.
  for (const listener of listeners) queueMicrotask(() => listener(write));
};

/** Runs work one after the other for each name; work with several names waits for all of them. */
const turnsByName = () => {
  const last = new Map<string, Promise<unknown>>();
  return async <T>(names: readonly string[], work: () => Promise<T>): Promise<T> => {
    const result = Promise.all(names.map((name) => last.get(name))).then(work);
    const turn = result.catch(() => undefined);
    for (const name of names) last.set(name, turn);
    try {
      return await result;
    } finally {
      for (const name of names) if (last.get(name) === turn) last.delete(name);
    }
  };
};
