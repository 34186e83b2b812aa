import { randomUUID } from 'node:crypto';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Item, Table } from '../../../lib/ledger/table.ts';
import type { LocalDynamo } from '../../fakes/local-table.ts';
import { memoryTable } from '../../fakes/memory-table.ts';
import { randomFrom } from '../simulation/random.ts';
import { SimulatedTable, tableOf } from '../simulation/simulated-table.ts';
import { createWorld } from '../simulation/world.ts';

/** A table, and an edit by hand that removes the version of an item. */
export interface EditableTable {
  readonly name: string;
  readonly table: Table;
  edit(pk: string): Promise<void>;
}

/** How the fakes show an item without a version. */
const edited = (pk: string): Item => ({ pk, version: 0, document: '' });

export const inMemory = (): EditableTable => {
  const table = memoryTable();
  return { name: 'memory-table', table, edit: async (pk) => void table.items.set(pk, edited(pk)) };
};

/** The simulation's table without faults: each step happens immediately and succeeds. */
export const inSimulation = (): EditableTable => {
  const world = createWorld(randomFrom(1));
  world.calmDown();
  const process = {
    ...world.spawn('differential', {
      skewMs: 0,
      fate: { latencyMs: () => 0, crash: () => undefined, freezeMs: () => 0 },
    }),
    step: async <T>(_label: string, effect: () => T): Promise<T> => effect(),
  };
  const simulated = new SimulatedTable(world);
  return {
    name: 'simulated-table',
    table: tableOf(simulated, process, world, { unavailable: () => false, lostAnswer: () => false, staleMs: () => 0 }),
    edit: async (pk) => simulated.write(pk, edited(pk)),
  };
};

/**
 * `dynamo-table` with a server. All runs share one table there: each has its own keys and partitions, which start with a prefix
 * that is removed from the answers.
 */
export const onServer = (
  dynamo: LocalDynamo,
  { name: TableName, table }: { name: string; table: Table },
): EditableTable => {
  const prefix = `${randomUUID().slice(0, 13)}/`;
  const inside = (text: string): string => prefix + text;
  const outside = (text: string): string => text.slice(prefix.length);
  const mapped = (item: Item, map: (text: string) => string): Item => ({
    ...item,
    pk: map(item.pk),
    ...(item.workShard !== undefined && { workShard: map(item.workShard) }),
    ...(item.targetKey !== undefined && { targetKey: map(item.targetKey) }),
  });
  return {
    name: 'dynamo-table',
    table: {
      get: async (pk) => {
        const item = await table.get(inside(pk));
        return item && mapped(item, outside);
      },
      getMany: async (pks) => (await table.getMany(pks.map(inside))).map((item) => mapped(item, outside)),
      put: async (item, condition) => {
        const result = await table.put(mapped(item, inside), condition);
        return result.written || !result.found ? result : { written: false, found: mapped(result.found, outside) };
      },
      delete: (pk, condition) => table.delete(inside(pk), condition),
      query: async (query) => {
        const page = await table.query({ ...query, hash: inside(query.hash) });
        return { ...page, items: page.items.map((entry) => ({ ...entry, pk: outside(entry.pk) })) };
      },
      // Pages of a shared table end at different places, so they cannot be compared.
      scan: () => Promise.reject(new Error('Scans are not compared.')),
    },
    edit: async (pk) => {
      await dynamo.client.send(new PutItemCommand({ TableName, Item: { pk: { S: inside(pk) } } }));
    },
  };
};
