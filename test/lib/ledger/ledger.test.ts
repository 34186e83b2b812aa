import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { dynamoTable } from '../../../lib/aws/dynamo-table.ts';
import { type Ledger, ledgerOn } from '../../../lib/ledger/ledger.ts';
import type { Condition, Table } from '../../../lib/ledger/table.ts';
import { minute, nine, target, upload } from '../../fakes/ledger-samples.ts';
import { claimed, claimOf, deliveredBy, id, recordOf, retryAt, written } from '../../fakes/ledger-steps.ts';
import { type LocalDynamo, loseNextAnswer, startLocalDynamo } from '../../fakes/local-table.ts';
import { type ManualClock, manualClock } from '../../fakes/manual-clock.ts';

let dynamo: LocalDynamo;
let clock: ManualClock;
let table: Table;
let tableName: string;
let ledger: Ledger;
beforeAll(async () => {
  dynamo = await startLocalDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  clock = manualClock(nine);
  ({ table, name: tableName } = await dynamo.newTable());
  ledger = ledgerOver(table);
});

const ledgerOver = (its: Table): Ledger => ledgerOn({ table: its, clock, uuid: randomUUID, retentionDays: 400 });

/** Like stores that do not know `ReturnValuesOnConditionCheckFailure`. */
const refusingInSilence = (its: Table): Table => ({
  ...its,
  put: async (item, condition) => ({ written: (await its.put(item, condition)).written }),
});

describe('the cost of a delivery', () => {
  test('a delivery is two writes and no read', async () => {
    const record = await claimed(ledger, 'owner-A');
    await written(ledger, record, deliveredBy('owner-A'));
    expect(dynamo.calls).toEqual(['PutItem', 'PutItem']);
  });

  test('a duplicate is one refused write and no read, because the refusal carries the record', async () => {
    await written(ledger, await claimed(ledger, 'owner-A'), deliveredBy('owner-A'));
    dynamo.calls.length = 0;

    const duplicate = await ledger.claim(claimOf('owner-B'));

    expect(duplicate.written).toBe(false);
    expect(dynamo.calls).toEqual(['PutItem']);
  });

  test('a duplicate is one refused write and one read when the store refuses without the record', async () => {
    await claimed(ledger, 'owner-A');
    dynamo.calls.length = 0;

    await ledgerOver(refusingInSilence(table)).claim(claimOf('owner-B'));

    expect(dynamo.calls).toEqual(['PutItem', 'GetItem']);
  });
});

describe('a claim', () => {
  test('a claim of an upload that another invocation sends is refused, and names the owner', async () => {
    await claimed(ledger, 'owner-A');
    const second = await ledger.claim(claimOf('owner-B'));
    expect(second).toMatchObject({ written: false, known: { id, record: { state: { owner: 'owner-A' } } } });
  });

  test('a claim of a waiting upload succeeds once it is due', async () => {
    await written(ledger, await claimed(ledger, 'owner-A'), retryAt(nine + minute));
    expect(await ledger.claim(claimOf('owner-B'))).toMatchObject({ written: false, known: { readable: true } });
    clock.advance(minute);
    const again = await claimed(ledger, 'owner-B');
    expect(again).toMatchObject({ attempts: 2, version: 3, state: { owner: 'owner-B' } });
    expect(recordOf(await ledger.read(id))).toEqual(again);
  });

  test('a claim with the current record is one write', async () => {
    const seen = await written(ledger, await claimed(ledger, 'owner-A'), retryAt(nine));
    dynamo.calls.length = 0;
    expect(await ledger.claim(claimOf('owner-B'), seen)).toMatchObject({ written: true });
    expect(dynamo.calls).toEqual(['PutItem']);
  });

  test('a claim with an outdated record is refused when the upload has changed since', async () => {
    const old = await written(ledger, await claimed(ledger, 'owner-A'), retryAt(nine));
    await written(ledger, await claimed(ledger, 'owner-B'), deliveredBy('owner-B'));
    expect(await ledger.claim(claimOf('owner-C'), old)).toMatchObject({
      written: false,
      known: { record: { state: { status: 'attached' } } },
    });
  });

  test('a claim with a record that was forgotten in the meantime does not bring it back', async () => {
    const old = await written(ledger, await claimed(ledger, 'owner-A'), retryAt(nine));
    expect(await ledger.forget({ id, readable: true, record: old })).toBe('forgotten');

    expect(await ledger.claim(claimOf('owner-B'), old)).toMatchObject({ written: false });
    expect(await ledger.read(id)).toBeUndefined();
  });

  test('a claim with an outdated record respects a due time that is later by now', async () => {
    const old = await written(ledger, await claimed(ledger, 'owner-A'), retryAt(nine));
    const again = await ledger.claim(claimOf('owner-B'), old);
    if (!again.written) throw new Error('not claimed');
    await written(ledger, again.record, retryAt(nine + minute, 'owner-B'));

    expect(await ledger.claim(claimOf('owner-C'), old)).toMatchObject({
      written: false,
      known: { record: { state: { status: 'waiting', dueAt: nine + minute } } },
    });
  });

  test.each([1, 2, 3])('of twenty concurrent claims exactly one succeeds (round %i)', async () => {
    const owners = Array.from({ length: 20 }, (_, index) => `owner-${index}`);
    const claims = await Promise.all(owners.map((owner) => ledger.claim(claimOf(owner))));

    const winners = claims.flatMap((claim) => (claim.written ? [claim.record] : []));
    expect(winners).toHaveLength(1);
    expect(recordOf(await ledger.read(id))).toEqual(winners[0]);
  });

  test('of twenty concurrent claims of a waiting upload exactly one succeeds', async () => {
    await written(ledger, await claimed(ledger, 'owner-A'), retryAt(nine));
    const owners = Array.from({ length: 20 }, (_, index) => `owner-${index}`);
    const claims = await Promise.all(owners.map((owner) => ledger.claim(claimOf(owner))));
    expect(claims.filter((claim) => claim.written)).toHaveLength(1);
  });

  test('a claim of other content under the same key is another upload', async () => {
    await claimed(ledger, 'owner-A');
    const other = await ledger.claim(claimOf('owner-B', { upload: { ...upload, etag: 'ffff' } }));
    expect(other.written).toBe(true);
  });
});

describe('an upload that is recorded without a claim', () => {
  const postponed = {
    kind: 'postponed',
    upload,
    target,
    attachmentType: 'CV',
    failure: { code: 'INTEGRATION_PAUSED', detail: 'The integration is paused.' },
    dueAt: nine,
  } as const;

  test('recording an upload without a claim costs one write and no read', async () => {
    expect(await ledger.postpone(postponed)).toMatchObject({
      written: true,
      record: { attempts: 0, state: { status: 'waiting', dueAt: nine } },
    });
    expect(dynamo.calls).toEqual(['PutItem']);
  });

  test.each([
    ['is being sent', async () => void (await claimed(ledger, 'owner-A'))],
    ['is attached', async () => void (await written(ledger, await claimed(ledger, 'owner-A'), deliveredBy('owner-A')))],
    ['waits', async () => void (await written(ledger, await claimed(ledger, 'owner-A'), retryAt(nine + minute)))],
  ])('recording an upload without a claim changes nothing when it %s', async (_, before) => {
    await before();
    const known = await ledger.read(id);
    expect(await ledger.postpone(postponed)).toMatchObject({ written: false });
    expect(await ledger.read(id)).toEqual(known);
  });

  test('an upload recorded without a claim is claimed later as its first attempt', async () => {
    await ledger.postpone(postponed);
    expect(await claimed(ledger, 'owner-A')).toMatchObject({ attempts: 1, attemptsSinceRelease: 1, waited: true });
  });
});

describe('settling a claim', () => {
  test('settling by an invocation that is not the owner is a conflict', async () => {
    const record = await claimed(ledger, 'owner-A');
    expect(await ledger.apply(record, deliveredBy('owner-B'))).toBe('conflict');
    expect(recordOf(await ledger.read(id))).toEqual(record);
  });

  test('settling is conditional on the owner as well as on the version', async () => {
    const conditions: Condition[] = [];
    const watched: Table = {
      ...table,
      put: (item, condition) => {
        conditions.push(condition);
        return table.put(item, condition);
      },
    };
    await written(ledgerOver(watched), await claimed(ledger, 'owner-A'), deliveredBy('owner-A'));
    expect(conditions).toEqual([{ kind: 'unchanged', version: 1, owner: 'owner-A' }]);
  });

  test('settling after the lease was found expired is a conflict', async () => {
    const record = await claimed(ledger, 'owner-A');
    clock.advance(7 * minute);
    const unknown = await written(ledger, record, { kind: 'lease-expired', dueAt: clock.now() + minute });

    expect(await ledger.apply(record, deliveredBy('owner-A'))).toBe('conflict');
    expect(recordOf(await ledger.read(id))).toEqual(unknown);
  });

  test('settling is conditional on the record that was read: of two, the second is a conflict', async () => {
    const record = await written(ledger, await claimed(ledger, 'owner-A'), retryAt(nine));
    const results = await Promise.all([
      ledger.apply(record, { kind: 'retry', reason: 'one' }),
      ledger.apply(record, { kind: 'retry', reason: 'two' }),
    ]);
    expect(results.filter((result) => result === 'conflict')).toHaveLength(1);
  });

  test('settling a forgotten record is a conflict, and does not bring it back', async () => {
    const record = await claimed(ledger, 'owner-A');
    await ledger.forget({ id, readable: true, record });
    expect(await ledger.apply(record, deliveredBy('owner-A'))).toBe('conflict');
    expect(await ledger.read(id)).toBeUndefined();
  });
});

describe('the lost response to a write that succeeded', () => {
  test('a claim whose response was lost recognises itself as the owner', async () => {
    const client = dynamo.newClient();
    loseNextAnswer(client, 'PutItemCommand');
    const own = ledgerOver(dynamoTable(client, tableName));

    const record = await claimed(own, 'owner-A');

    expect(dynamo.calls).toEqual(['PutItem', 'PutItem']);
    expect(await own.apply(record, deliveredBy('owner-A'))).not.toBe('conflict');
  });

  test('settling whose response was lost recognises its own write, and attaches once', async () => {
    const record = await claimed(ledger, 'owner-A');
    const client = dynamo.newClient();
    loseNextAnswer(client, 'PutItemCommand');

    const result = await ledgerOver(dynamoTable(client, tableName)).apply(record, deliveredBy('owner-A'));

    expect(result).toMatchObject({ record: { version: 2, state: { status: 'attached' } } });
    expect(recordOf(await ledger.read(id)).version).toBe(2);
  });

  test('erasing whose response was lost recognises that the record is gone', async () => {
    const record = await claimed(ledger, 'owner-A');
    const client = dynamo.newClient();
    loseNextAnswer(client, 'DeleteItemCommand');
    const own = ledgerOver(dynamoTable(client, tableName));
    expect(await own.forget({ id, readable: true, record })).toBe('forgotten');
    expect(await ledger.read(id)).toBeUndefined();
  });

  test("a read after a refused claim is repeated when its response was lost, and the claim stays the other owner's", async () => {
    await claimed(ledger, 'owner-A');
    const client = dynamo.newClient();
    loseNextAnswer(client, 'GetItemCommand');
    dynamo.calls.length = 0;
    const claim = await ledgerOver(refusingInSilence(dynamoTable(client, tableName))).claim(claimOf('owner-B'));
    expect(dynamo.calls).toEqual(['PutItem', 'GetItem', 'GetItem']);
    expect(claim).toMatchObject({ written: false, known: { record: { state: { owner: 'owner-A' } } } });
  });
});
