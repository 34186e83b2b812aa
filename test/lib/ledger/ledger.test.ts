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

/** As stores do that do not know `ReturnValuesOnConditionCheckFailure`. */
const refusingInSilence = (its: Table): Table => ({
  ...its,
  put: async (item, condition) => ({ written: (await its.put(item, condition)).written }),
});

describe('what it costs', () => {
  test('a delivery is two writes and no read', async () => {
    const record = await claimed(ledger, 'owner-A');
    await written(ledger, record, deliveredBy('owner-A'));
    expect(dynamo.calls).toEqual(['PutItem', 'PutItem']);
  });

  test('a duplicate is one refused write and no read: the refusal carries the record', async () => {
    await written(ledger, await claimed(ledger, 'owner-A'), deliveredBy('owner-A'));
    dynamo.calls.length = 0;

    const duplicate = await ledger.claim(claimOf('owner-B'));

    expect(duplicate.written).toBe(false);
    expect(dynamo.calls).toEqual(['PutItem']);
  });

  test('a duplicate is one refused write and one read where the store refuses without the record', async () => {
    await claimed(ledger, 'owner-A');
    dynamo.calls.length = 0;

    await ledgerOver(refusingInSilence(table)).claim(claimOf('owner-B'));

    expect(dynamo.calls).toEqual(['PutItem', 'GetItem']);
  });
});

describe('a claim', () => {
  test('of an upload that another invocation sends is refused, and names its owner', async () => {
    await claimed(ledger, 'owner-A');
    const second = await ledger.claim(claimOf('owner-B'));
    expect(second).toMatchObject({ written: false, known: { id, record: { state: { owner: 'owner-A' } } } });
  });

  test('of one that waits takes it once it is due', async () => {
    await written(ledger, await claimed(ledger, 'owner-A'), retryAt(nine + minute));
    expect(await ledger.claim(claimOf('owner-B'))).toMatchObject({ written: false, known: { readable: true } });
    clock.advance(minute);
    const again = await claimed(ledger, 'owner-B');
    expect(again).toMatchObject({ attempts: 2, version: 3, state: { owner: 'owner-B' } });
    expect(recordOf(await ledger.read(id))).toEqual(again);
  });

  test('with the record at hand is one write', async () => {
    const seen = await written(ledger, await claimed(ledger, 'owner-A'), retryAt(nine));
    dynamo.calls.length = 0;
    expect(await ledger.claim(claimOf('owner-B'), seen)).toMatchObject({ written: true });
    expect(dynamo.calls).toEqual(['PutItem']);
  });

  test('with an old record at hand takes nothing that went on without it', async () => {
    const old = await written(ledger, await claimed(ledger, 'owner-A'), retryAt(nine));
    await written(ledger, await claimed(ledger, 'owner-B'), deliveredBy('owner-B'));
    expect(await ledger.claim(claimOf('owner-C'), old)).toMatchObject({
      written: false,
      known: { record: { state: { status: 'attached' } } },
    });
  });

  test('with a record at hand that was forgotten meanwhile does not bring it back', async () => {
    const old = await written(ledger, await claimed(ledger, 'owner-A'), retryAt(nine));
    expect(await ledger.forget({ id, readable: true, record: old })).toBe('forgotten');

    expect(await ledger.claim(claimOf('owner-B'), old)).toMatchObject({ written: false });
    expect(await ledger.read(id)).toBeUndefined();
  });

  test('with an old page at hand respects a due time that is later by now', async () => {
    const old = await written(ledger, await claimed(ledger, 'owner-A'), retryAt(nine));
    const again = await ledger.claim(claimOf('owner-B'), old);
    if (!again.written) throw new Error('not claimed');
    await written(ledger, again.record, retryAt(nine + minute, 'owner-B'));

    expect(await ledger.claim(claimOf('owner-C'), old)).toMatchObject({
      written: false,
      known: { record: { state: { status: 'waiting', dueAt: nine + minute } } },
    });
  });

  test.each([1, 2, 3])('of twenty at once is won by exactly one (round %i)', async () => {
    const owners = Array.from({ length: 20 }, (_, index) => `owner-${index}`);
    const claims = await Promise.all(owners.map((owner) => ledger.claim(claimOf(owner))));

    const winners = claims.flatMap((claim) => (claim.written ? [claim.record] : []));
    expect(winners).toHaveLength(1);
    expect(recordOf(await ledger.read(id))).toEqual(winners[0]);
  });

  test('of twenty at once on one that waits is won by exactly one', async () => {
    await written(ledger, await claimed(ledger, 'owner-A'), retryAt(nine));
    const owners = Array.from({ length: 20 }, (_, index) => `owner-${index}`);
    const claims = await Promise.all(owners.map((owner) => ledger.claim(claimOf(owner))));
    expect(claims.filter((claim) => claim.written)).toHaveLength(1);
  });

  test('of other content under the same key is another upload', async () => {
    await claimed(ledger, 'owner-A');
    const other = await ledger.claim(claimOf('owner-B', { upload: { ...upload, etag: 'ffff' } }));
    expect(other.written).toBe(true);
  });
});

describe('an upload that is written down without a claim', () => {
  const postponed = {
    kind: 'postponed',
    upload,
    target,
    attachmentType: 'CV',
    failure: { code: 'INTEGRATION_PAUSED', detail: 'The integration is paused.' },
    dueAt: nine,
  } as const;

  test('costs one write and no read', async () => {
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
  ])('changes nothing when it %s', async (_, before) => {
    await before();
    const known = await ledger.read(id);
    expect(await ledger.postpone(postponed)).toMatchObject({ written: false });
    expect(await ledger.read(id)).toEqual(known);
  });

  test('is claimed later as its first attempt', async () => {
    await ledger.postpone(postponed);
    expect(await claimed(ledger, 'owner-A')).toMatchObject({ attempts: 1, attemptsSinceRelease: 1, waited: true });
  });
});

describe('a settled word', () => {
  test('of an invocation that is not the owner is not written', async () => {
    const record = await claimed(ledger, 'owner-A');
    expect(await ledger.apply(record, deliveredBy('owner-B'))).toBe('conflict');
    expect(recordOf(await ledger.read(id))).toEqual(record);
  });

  test('is conditional on the owner as well as on the version', async () => {
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

  test('of an owner whose lease was found expired is lost', async () => {
    const record = await claimed(ledger, 'owner-A');
    clock.advance(7 * minute);
    const unknown = await written(ledger, record, { kind: 'lease-expired', dueAt: clock.now() + minute });

    expect(await ledger.apply(record, deliveredBy('owner-A'))).toBe('conflict');
    expect(recordOf(await ledger.read(id))).toEqual(unknown);
  });

  test('is written on what was seen only: of two, the second is lost', async () => {
    const record = await written(ledger, await claimed(ledger, 'owner-A'), retryAt(nine));
    const results = await Promise.all([
      ledger.apply(record, { kind: 'retry', reason: 'one' }),
      ledger.apply(record, { kind: 'retry', reason: 'two' }),
    ]);
    expect(results.filter((result) => result === 'conflict')).toHaveLength(1);
  });

  test('about a record that was forgotten is lost, and brings nothing back', async () => {
    const record = await claimed(ledger, 'owner-A');
    await ledger.forget({ id, readable: true, record });
    expect(await ledger.apply(record, deliveredBy('owner-A'))).toBe('conflict');
    expect(await ledger.read(id)).toBeUndefined();
  });
});

describe('the lost answer of a write that was done', () => {
  test('of a claim is known again: it is ours', async () => {
    const client = dynamo.newClient();
    loseNextAnswer(client, 'PutItemCommand');
    const own = ledgerOver(dynamoTable(client, tableName));

    const record = await claimed(own, 'owner-A');

    expect(dynamo.calls).toEqual(['PutItem', 'PutItem']);
    expect(await own.apply(record, deliveredBy('owner-A'))).not.toBe('conflict');
  });

  test('of the settling is known again: it is attached once', async () => {
    const record = await claimed(ledger, 'owner-A');
    const client = dynamo.newClient();
    loseNextAnswer(client, 'PutItemCommand');

    const result = await ledgerOver(dynamoTable(client, tableName)).apply(record, deliveredBy('owner-A'));

    expect(result).toMatchObject({ record: { version: 2, state: { status: 'attached' } } });
    expect(recordOf(await ledger.read(id)).version).toBe(2);
  });

  test('of an erasure is known again: it is gone', async () => {
    const record = await claimed(ledger, 'owner-A');
    const client = dynamo.newClient();
    loseNextAnswer(client, 'DeleteItemCommand');
    const own = ledgerOver(dynamoTable(client, tableName));
    expect(await own.forget({ id, readable: true, record })).toBe('forgotten');
    expect(await ledger.read(id)).toBeUndefined();
  });

  test("of the reading after a refusal is read again, and the upload stays another one's", async () => {
    await claimed(ledger, 'owner-A');
    const client = dynamo.newClient();
    loseNextAnswer(client, 'GetItemCommand');
    dynamo.calls.length = 0;
    const claim = await ledgerOver(refusingInSilence(dynamoTable(client, tableName))).claim(claimOf('owner-B'));
    expect(dynamo.calls).toEqual(['PutItem', 'GetItem', 'GetItem']);
    expect(claim).toMatchObject({ written: false, known: { record: { state: { owner: 'owner-A' } } } });
  });
});
