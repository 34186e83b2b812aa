import { CreateTableCommand, DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, describe, expect, test } from 'vitest';
import { createTable, tableDefinition } from '../../../../../infra/local/aws/dynamodb/create-table.ts';
import { startLocalDynamo } from '../../../../fakes/local-table.ts';

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
});
