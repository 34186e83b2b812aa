import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  DynamoDBServiceException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamoTable } from '../../../lib/aws/dynamo-table.ts';
import { LedgerTableError } from '../../../lib/aws/table-error.ts';
import type { Table } from '../../../lib/ledger/table.ts';
import { type LocalDynamo, startLocalDynamo } from '../../fakes/local-table.ts';

let dynamo: LocalDynamo;
beforeAll(async () => {
  dynamo = await startLocalDynamo();
});
afterAll(() => dynamo.stop());

const absent = { kind: 'absent' } as const;
const item = { pk: 'cv-inbox/CV.pdf#1', version: 1, document: '{}' };

/** Every call that a table offers. */
const questions: readonly [string, (table: Table) => Promise<unknown>][] = [
  ['get', (table) => table.get('a')],
  ['getMany', (table) => table.getMany(['a'])],
  ['put', (table) => table.put(item, absent)],
  ['delete', (table) => table.delete('a', { kind: 'unchanged', version: 1 })],
  ['query of the work', (table) => table.query({ index: 'byWork', hash: 'due#0', limit: 1 })],
  ['query of a target', (table) => table.query({ index: 'byTarget', hash: 'candidate/C1', limit: 1 })],
];

const faultOf = async (work: Promise<unknown>): Promise<Error> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('It went well.');
};

/** A table whose calls DynamoDB refuses with this error. */
const refusing = (error: Error) => {
  const client = dynamo.newClient();
  client.middlewareStack.add(
    () => async () => {
      throw error;
    },
    { step: 'initialize', name: 'refuse' },
  );
  return dynamoTable(client, 'the-ledger');
};

describe.each(questions)('%s', (_, ask) => {
  test('the error for a table that does not exist names it, the variable and the next step', async () => {
    const error = await faultOf(ask(dynamoTable(dynamo.client, 'no-such-ledger')));
    expect(error).toBeInstanceOf(LedgerTableError);
    expect(error.message).toBe(
      'There is no DynamoDB table "no-such-ledger" in this account and region, or it is still being created. ' +
        'Set LEDGER_TABLE to the name of the table that the stack created, and check the region.',
    );
    expect(error.cause).toBeInstanceOf(DynamoDBServiceException);
  });

  test('the error for a call that is not allowed names the table, the variable and the next step', async () => {
    const denied = new DynamoDBServiceException({
      name: 'AccessDeniedException',
      $fault: 'client',
      $metadata: {},
      message: 'User: arn:aws:sts::123456789012:assumed-role/x is not authorized',
    });
    const error = await faultOf(ask(refusing(denied)));
    expect(error.message).toBe(
      'The function may not use the DynamoDB table "the-ledger". Give its role permission to read and write the table ' +
        'and its indexes, and to use its encryption key; or correct LEDGER_TABLE.',
    );
  });

  test('the error for another fault names the table, and the name and the codes of the fault', async () => {
    const $metadata = { httpStatusCode: 400 };
    const throttled = new DynamoDBServiceException({ name: 'ThrottlingException', $fault: 'client', $metadata });
    const error = await faultOf(ask(refusing(throttled)));
    expect(error).toBeInstanceOf(LedgerTableError);
    expect(error.message).toBe(
      'The DynamoDB table "the-ledger" cannot be used now: ThrottlingException (HTTP 400). Nothing is lost: uploads are sent ' +
        "again automatically. If this persists, check the table's throttling metrics and the function's network.",
    );
  });

  test.each(['ValidationException', 'ThrottlingException', 'AccessDeniedException', 'InternalServerError', 'Error'])(
    'the error for a table quotes nothing of the message of %s, which may be data',
    async (name) => {
      const $metadata = { httpStatusCode: 400 };
      const message = 'The value "Zebulon Quux CV.pdf" is not valid.';
      const fault = Object.assign(new DynamoDBServiceException({ name, $fault: 'client', $metadata, message }), {
        code: 'Zebulon Quux',
      });
      expect((await faultOf(ask(refusing(fault)))).message).not.toContain('Quux');
    },
  );
});

describe('a table with other keys', () => {
  beforeAll(async () => {
    await dynamo.client.send(
      new CreateTableCommand({
        TableName: 'another-table',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    // A table that is still being created answers as one that does not exist.
    await waitUntilTableExists(
      { client: dynamo.client, maxWaitTime: 10, minDelay: 1, maxDelay: 1 },
      { TableName: 'another-table' },
    );
  });

  test.each(questions)(
    'a table with other keys is reported on %s, with a pointer to the right ones',
    async (_, ask) => {
      const error = await faultOf(ask(dynamoTable(dynamo.client, 'another-table')));
      expect(error).toBeInstanceOf(LedgerTableError);
      expect(error.message).toMatch(/^The DynamoDB table "another-table" rejects a request of the ledger: /);
      expect(error.message).toContain(
        'Set LEDGER_TABLE to a table with the keys and indexes of infra/resources/table.yml.',
      );
    },
  );
});

test('a refused condition is not a fault, and carries the item that DynamoDB returns with it', async () => {
  const refusal = new ConditionalCheckFailedException({
    message: 'The conditional request failed',
    $metadata: {},
    Item: { pk: { S: 'cv-inbox/CV.pdf#1' }, version: { N: '3' }, document: { S: '{"a":1}' } },
  });
  expect(await refusing(refusal).put(item, absent)).toEqual({
    written: false,
    found: { pk: 'cv-inbox/CV.pdf#1', version: 3, document: '{"a":1}' },
  });
});

test('a put asks DynamoDB to return the existing item, so that a duplicate needs no read', async () => {
  const { name } = await dynamo.newTable();
  const client = dynamo.newClient();
  const asked: unknown[] = [];
  client.middlewareStack.add(
    (next) => (args) => {
      asked.push(args.input);
      return next(args);
    },
    { step: 'initialize', name: 'watch' },
  );
  await dynamoTable(client, name).put(item, absent);
  expect(asked).toMatchObject([{ TableName: name, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }]);
});

test('the error for an item that is too large quotes none of it', async () => {
  const { name } = await dynamo.newTable();
  const huge = { ...item, document: 'Frank Doe '.repeat(50_000) };
  const error = await faultOf(dynamoTable(dynamo.client, name).put(huge, absent));
  expect(error.message).toContain('rejects a request of the ledger: ValidationException (HTTP 400).');
  expect(error.message).not.toContain('Frank');
});
