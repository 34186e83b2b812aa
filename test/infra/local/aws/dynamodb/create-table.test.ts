import { CreateTableCommand, DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, describe, expect, test } from 'vitest';
import { createTable, tableDefinition } from '../../../../../infra/local/aws/dynamodb/create-table.ts';
import { startLocalDynamo } from '../../../../fakes/local-table.ts';
import { shownByIndex } from '../../../../fakes/table-rules.ts';

const dynamo = await startLocalDynamo();
afterAll(() => dynamo.stop());

describe('the table of the ledger', () => {
  test('the table of the ledger is created, is usable immediately, and is found again', async () => {
    expect(await createTable(dynamo.client, 'first-table')).toBe('created');
    const { Table } = await dynamo.client.send(new DescribeTableCommand({ TableName: 'first-table' }));
    expect(Table?.TableStatus).toBe('ACTIVE');
    expect(await createTable(dynamo.client, 'first-table')).toBe('existed');
  });

  test('the table of the ledger can be created by two callers concurrently', async () => {
    const both = [createTable(dynamo.client, 'shared-table'), createTable(dynamo.client, 'shared-table')];
    await expect(Promise.all(both)).resolves.toHaveLength(2);
  });

  test('a ledger table with another projection of its indexes is refused with what to do', async () => {
    const { TimeToLiveSpecification: _, GlobalSecondaryIndexes, ...rest } = await tableDefinition();
    const whole = GlobalSecondaryIndexes?.map((its) =>
      its.Projection?.ProjectionType === 'KEYS_ONLY' ? { ...its, Projection: { ProjectionType: 'ALL' as const } } : its,
    );
    await dynamo.client.send(
      new CreateTableCommand({ TableName: 'fat-table', ...rest, GlobalSecondaryIndexes: whole }),
    );
    await expect(createTable(dynamo.client, 'fat-table')).rejects.toThrow(
      'The table fat-table was created by another version. Start with --fresh, or delete it.',
    );
  });

  test('the indexes of the ledger table have the keys that the ledger uses, and show what the table in memory shows', async () => {
    const { KeySchema: keys, GlobalSecondaryIndexes: indexes = [] } = await tableDefinition();
    expect(keys).toEqual([{ AttributeName: 'pk', KeyType: 'HASH' }]);
    const [byWork, byTarget] = indexes.map(({ IndexName, KeySchema = [], Projection }) => {
      const [hash, range] = KeySchema.map(({ AttributeName }) => AttributeName);
      return [IndexName, hash, ['pk', range, ...(Projection?.NonKeyAttributes ?? [])]];
    });
    expect(byWork).toEqual(['byWork', 'workShard', shownByIndex.byWork]);
    expect(byTarget).toEqual(['byTarget', 'targetKey', shownByIndex.byTarget]);
  });
});
