import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { dynamoTable } from '../../../lib/aws/dynamo-table.ts';
import type { Pause } from '../../../lib/lane/pause.ts';
import { type PauseStore, pausesOn } from '../../../lib/lane/pause-store.ts';
import type { Table } from '../../../lib/ledger/table.ts';
import { integrationId, nine, second } from '../../fakes/ledger-samples.ts';
import { type LocalDynamo, loseNextAnswer, startLocalDynamo } from '../../fakes/local-table.ts';
import { type ManualClock, manualClock } from '../../fakes/manual-clock.ts';
import {
  byOperator,
  missingRight,
  onlyPause,
  otherIntegration,
  resumed,
  syncPending,
} from '../../fakes/pause-samples.ts';

let dynamo: LocalDynamo;
let clock: ManualClock;
let table: Table;
let tableName: string;
let pauses: PauseStore;
beforeAll(async () => {
  dynamo = await startLocalDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  clock = manualClock(nine);
  ({ table, name: tableName } = await dynamo.newTable());
  pauses = pausesOn(table, clock);
});

/** As another function sees it, with a view of its own. */
const elsewhere = (): PauseStore => pausesOn(table, clock);

const only = (): Promise<Pause> => onlyPause(pauses);

describe('the view of a warm function', () => {
  test('costs one query in 30 seconds, for any number of callers', async () => {
    await pauses.stopping(integrationId);
    clock.advance(30 * second);
    await pauses.stopping(otherIntegration);
    expect(dynamo.calls).toEqual(['Query']);
    clock.advance(1);
    await pauses.stopping(integrationId);
    expect(dynamo.calls).toEqual(['Query', 'Query']);
  });

  test('costs one query for many who ask at once', async () => {
    await Promise.all(Array.from({ length: 10 }, () => pauses.stopping(integrationId)));
    expect(dynamo.calls).toEqual(['Query']);
  });

  test('may be 30 seconds old', async () => {
    expect(await pauses.stopping(integrationId)).toBeUndefined();
    await elsewhere().begin(missingRight);
    clock.advance(30 * second);
    expect(await pauses.stopping(integrationId)).toBeUndefined();
    clock.advance(1);
    expect(await pauses.stopping(integrationId)).toBeDefined();
  });

  test('knows at once, and without a call, what this function has done itself', async () => {
    await pauses.stopping(integrationId);
    await pauses.begin(missingRight);
    dynamo.calls.length = 0;
    expect(await pauses.stopping(integrationId)).toMatchObject({ code: 'INTEGRATION.PERMISSION_MISSING' });
    await pauses.end(integrationId, resumed);
    dynamo.calls.length = 0;
    expect(await pauses.stopping(integrationId)).toBeUndefined();
    expect(dynamo.calls).toEqual([]);
  });

  test('learns of a pause that another function has begun by meeting the same failure', async () => {
    await pauses.stopping(integrationId);
    await elsewhere().begin(missingRight);
    await pauses.begin(missingRight);
    expect(await pauses.stopping(integrationId)).toBeDefined();
  });

  test('is read again at once after a reading that failed', async () => {
    let fails = true;
    const flaky = pausesOn(
      { ...table, query: (asked) => (fails ? Promise.reject(new Error('The table is away.')) : table.query(asked)) },
      clock,
    );
    await expect(flaky.stopping(integrationId)).rejects.toThrow('The table is away.');
    fails = false;
    expect(await flaky.stopping(integrationId)).toBeUndefined();
  });
});

describe('the lost answer of a write that was done', () => {
  const losing = (): PauseStore => {
    const client = dynamo.newClient();
    loseNextAnswer(client, 'PutItemCommand');
    return pausesOn(dynamoTable(client, tableName), clock);
  };

  test('of a beginning leaves one pause', async () => {
    await losing().begin(byOperator);
    expect(await only()).toMatchObject({ by: 'operator', version: 1 });
  });

  test('of an end tells the operator that it has ended', async () => {
    await pauses.begin(missingRight);
    expect(await losing().end(integrationId, resumed)).toMatchObject({ state: 'releasing', ended: resumed });
    expect(await only()).toMatchObject({ version: 2 });
  });
});

describe('a pause that cannot be read', () => {
  const put = (document: string, change: object = {}) =>
    dynamo.client.send(
      new PutItemCommand({
        TableName: tableName,
        Item: {
          pk: { S: `pause#${integrationId}` },
          version: { N: '5' },
          workShard: { S: 'pauses' },
          workAt: { N: String(nine) },
          document: { S: document },
          ...change,
        },
      }),
    );
  const unread = { state: 'open', by: 'operator', reason: 'The record of this pause cannot be read.' };

  test.each([
    ['is garbage', 'garbage'],
    ['is empty JSON', '{}'],
    ['has a state of a newer version', JSON.stringify({ ...byOperator, state: 'draining', since: nine })],
    ['is about another scope', JSON.stringify({ ...byOperator, scope: 'account', state: 'closed', since: nine })],
    ['began beyond all calendars', JSON.stringify({ ...byOperator, state: 'open', since: 1e300 })],
  ])('because it %s still stops, and says so', async (_, document) => {
    await put(document);
    expect(await pauses.stopping(integrationId)).toMatchObject({ ...unread, scope: integrationId, since: nine });
  });

  test('and whose time is beyond all calendars stops all the same', async () => {
    await put('garbage', { workAt: { N: '1e100' } });
    expect(await pauses.stopping(integrationId)).toMatchObject({ ...unread, since: 0 });
  });

  test('is not replaced by what Kombo says, nor probed', async () => {
    await put('garbage');
    await pauses.begin(syncPending);
    expect(await only()).toMatchObject(unread);
    expect(await pauses.takeProbe(await only())).toBe(false);
  });

  test('is ended by an operator, and is then readable', async () => {
    await put('garbage');
    expect(await pauses.end(integrationId, resumed)).toMatchObject({ state: 'releasing', ended: resumed });
    expect(await only()).toMatchObject({ state: 'releasing', version: 6 });
  });

  test('is ended by an operator even without a version', async () => {
    await put('garbage', { version: { S: 'five' } });
    expect(await pauses.end(integrationId, resumed)).toMatchObject({ state: 'releasing', version: 1 });
  });

  test('does not hide the others', async () => {
    await put('garbage');
    await pauses.begin({ ...missingRight, scope: otherIntegration });
    expect((await pauses.list()).map(({ scope }) => scope).sort()).toEqual([integrationId, otherIntegration].sort());
  });
});

test('more pauses than one page of the index are all seen', async () => {
  const scopes = Array.from({ length: 120 }, (_, index) => `greenhouse:customer-${index}`);
  await Promise.all(scopes.map((scope) => pauses.begin({ ...missingRight, scope })));
  expect(await pauses.list()).toHaveLength(120);
  expect(await elsewhere().stopping('greenhouse:customer-119')).toBeDefined();
});
