import { randomUUID } from 'node:crypto';
import { type AttributeValue, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Ledger, type LedgerEntry, ledgerOn } from '../../../lib/ledger/ledger.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { toItem } from '../../../lib/ledger/record-item.ts';
import type { IndexPage, Table } from '../../../lib/ledger/table.ts';
import { type Upload, uploadId } from '../../../lib/upload/upload.ts';
import { minute, nine, recordIn, states, target, upload } from '../../fakes/ledger-samples.ts';
import { claimed, claimOf, deliveredBy, id, recordOf, written } from '../../fakes/ledger-steps.ts';
import { type LocalDynamo, startLocalDynamo } from '../../fakes/local-table.ts';
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

const named = (key: string): Upload => ({ ...upload, key: `candidates/GRK123/${key}` });

const collect = async (stream: AsyncIterable<LedgerEntry>): Promise<LedgerEntry[]> => {
  const all: LedgerEntry[] = [];
  for await (const known of stream) all.push(known);
  return all;
};
const namesIn = async (stream: AsyncIterable<LedgerEntry>): Promise<string[]> =>
  (await collect(stream)).map(({ id: its }) => its.replace(/^.*\/|#.*$/g, ''));

const put = async (key: string, state: LedgerRecord['state'], change: Partial<LedgerRecord> = {}): Promise<void> => {
  await table.put(toItem(recordIn(state, { upload: named(key), ...change }), 400), { kind: 'absent' });
};

describe('the lists of work', () => {
  const manyKeys = Array.from({ length: 25 }, (_, index) => `CV-${String(index).padStart(2, '0')}.pdf`);

  test('ended leases are listed oldest first over all shards and pages, each once', async () => {
    await Promise.all(manyKeys.map((key, at) => put(key, { ...states.sending, leaseUntil: nine - 25 + at })));
    expect(await namesIn(ledger.work('lease', 2))).toEqual(manyKeys);
  });

  test('a lease is listed as ended to the millisecond', async () => {
    await put('ended.pdf', { ...states.sending, leaseUntil: nine });
    await put('running.pdf', { ...states.sending, leaseUntil: nine + 1 });
    expect(await namesIn(ledger.work('lease', 10))).toEqual(['ended.pdf']);
    expect(await namesIn(ledger.work('lease', 10, nine + minute))).toEqual(['ended.pdf']);
    clock.advance(1);
    expect(await namesIn(ledger.work('lease', 10))).toEqual(['ended.pdf', 'running.pdf']);
  });

  test('held files are listed in the order in which they were held', async () => {
    await put('second.pdf', { ...states.held, heldAt: nine - 1 });
    await put('first.pdf', { ...states.doubtful, heldAt: nine - 2 });
    expect(await namesIn(ledger.work('held', 10))).toEqual(['first.pdf', 'second.pdf']);
  });

  test('rejected files are listed newest first over all shards and pages, each once', async () => {
    await Promise.all(manyKeys.map((key, at) => put(key, { ...states.rejected, rejectedAt: nine - at })));
    expect(await namesIn(ledger.work('rejected', 2))).toEqual(manyKeys);
  });

  test('rejected files can be listed from a given time backwards', async () => {
    await put('newer.pdf', { ...states.rejected, rejectedAt: nine - 1 });
    await put('then.pdf', { ...states.rejected, rejectedAt: nine - 2 });
    await put('older.pdf', { ...states.rejected, rejectedAt: nine - 3 });
    expect(await namesIn(ledger.work('rejected', 10, nine - 2))).toEqual(['then.pdf', 'older.pdf']);
  });

  test('each file is in at most one list: waiting, held and rejected files have no lease, and attached ones are not listed', async () => {
    for (const name of ['attached', 'due', 'unknown', 'held', 'rejected', 'superseded'] as const)
      await put(`${name}.pdf`, states[name]);
    clock.advance(1_000 * minute);
    expect(await namesIn(ledger.work('lease', 10))).toEqual([]);
    expect(await namesIn(ledger.work('held', 10))).toEqual(['held.pdf']);
    expect(await namesIn(ledger.work('rejected', 10))).toEqual(['rejected.pdf']);
  });

  test('a list without work costs one query per shard, however much is delivered or waits', async () => {
    const others = [states.attached, states.rejected, states.waiting];
    await Promise.all(Array.from({ length: 30 }, (_, at) => put(`${at}.pdf`, others[at % 3] ?? states.attached)));
    dynamo.calls.length = 0;
    await collect(ledger.work('lease', 100));
    expect(dynamo.calls).toEqual(['Query', 'Query', 'Query', 'Query']);
  });

  test('reading a list can stop in the middle', async () => {
    await Promise.all(
      Array.from({ length: 8 }, (_, index) => put(`${index}.pdf`, { ...states.sending, leaseUntil: index })),
    );
    for await (const known of ledger.work('lease', 1)) {
      expect(known.id).toContain('/0.pdf#');
      break;
    }
  });

  test('an unreadable record is listed as unreadable, between the others', async () => {
    await put('good.pdf', { ...states.held, heldAt: nine - 1 });
    const item = toItem(recordIn({ ...states.held, heldAt: nine - 2 }, { upload: named('bad.pdf') }), 400);
    await table.put({ ...item, document: '{"layout":99}' }, { kind: 'absent' });

    const found = await collect(ledger.work('held', 10));

    expect(found.map(({ readable }) => readable)).toEqual([false, true]);
  });

  test('files are listed with code and time without reading a record', async () => {
    await put('old.pdf', { ...states.rejected, rejectedAt: nine - 2 });
    await put('new.pdf', { ...states.rejected, rejectedAt: nine - 1 });
    await put('held.pdf', states.held);
    dynamo.calls.length = 0;
    expect((await ledger.queued('rejected')).map(({ at }) => at).sort()).toEqual([nine - 2, nine - 1]);
    expect(await ledger.queued('held')).toEqual([
      { id: expect.stringContaining('held.pdf'), at: states.held.heldAt, code: 'KOMBO_UNREACHABLE' },
    ]);
    expect(new Set(dynamo.calls)).toEqual(new Set(['Query']));
  });
});

describe('an index that is behind the table', () => {
  const others: readonly LedgerRecord['state'][] = [
    states.attached,
    states.held,
    { ...states.sending, leaseUntil: nine + 1 },
  ];

  /** The index keeps showing what it shows now. */
  const frozen = (its: Table): Table => {
    const pages = new Map<string, Promise<IndexPage>>();
    return {
      ...its,
      query: (asked) => {
        const page = pages.get(JSON.stringify(asked)) ?? its.query(asked);
        pages.set(JSON.stringify(asked), page);
        return page;
      },
    };
  };

  const ended = (key: string): LedgerRecord => recordIn(states.expired, { upload: named(key) });
  const first = (record: LedgerRecord) => table.put(toItem(record, 400), { kind: 'absent' });
  const next = (record: LedgerRecord, state: LedgerRecord['state']) =>
    table.put(toItem({ ...record, state, version: 2 }, 400), { kind: 'unchanged', version: 1 });

  test('an outdated index shows no renewed lease, and no file that is attached or held by now, and hides none behind them', async () => {
    const late = ledgerOver(frozen(table));
    const gone = others.map((_, index) => ended(`${index}.pdf`));
    for (const record of [...gone, ended('still.pdf')]) await first(record);
    expect(await namesIn(late.work('lease', 1))).toHaveLength(4);
    for (const [index, state] of others.entries()) await next(gone[index] ?? ended(''), state);

    expect(await namesIn(late.work('lease', 1))).toEqual(['still.pdf']);
  });

  test('an outdated index lists no file that has another target by now or was erased, but its ids include both', async () => {
    const late = ledgerOver(frozen(table));
    const [moved, erased, still] = [ended('moved.pdf'), ended('erased.pdf'), ended('still.pdf')];
    for (const record of [moved, erased, still]) await first(record);
    expect(await namesIn(late.ofTarget(target))).toHaveLength(3);
    await next({ ...moved, target: { ...target, id: 'GRK124' } }, states.attached);
    await table.delete(uploadId(erased.upload), { kind: 'unchanged', version: 1 });

    expect(await namesIn(late.ofTarget(target))).toEqual(['still.pdf']);
    const ids: string[] = [];
    for await (const its of late.idsOfTarget(target)) ids.push(its);
    expect(ids.toSorted()).toEqual([moved, erased, still].map(({ upload: its }) => uploadId(its)).toSorted());
  });

  test('an outdated index gives each record as it is now', async () => {
    const late = ledgerOver(frozen(table));
    const record = ended('a.pdf');
    await first(record);
    await collect(late.work('lease', 10));
    await next({ ...record, attempts: 7 }, { ...states.expired, owner: 'owner-B' });

    expect((await collect(late.work('lease', 10))).map(recordOf)).toMatchObject([{ attempts: 7, version: 2 }]);
  });
});

test('damaged or foreign items at the head of a list stop no reader', async () => {
  const putRaw = (pk: string, at: string, more: Record<string, AttributeValue> = {}) =>
    dynamo.client.send(
      new PutItemCommand({
        TableName: tableName,
        Item: { pk: { S: pk }, targetKey: { S: 'candidate/GRK123' }, createdAt: { N: at }, workAt: { N: at }, ...more },
      }),
    );
  for (const [shard, queue] of ['lease', 'lease', 'lease', 'lease', 'held', 'held', 'held', 'held'].entries()) {
    const workShard = { S: `${queue}#${shard % 4}` };
    await putRaw(`foreign-${shard}`, '-1', { workShard });
    await putRaw(`cv-inbox/odd-${shard}.pdf#1`, '0', { workShard, version: { S: 'x' }, document: { N: '1' } });
    await putRaw(`cv-inbox/old-${shard}.pdf#1`, '0.5', {
      workShard,
      document: { S: '{"layout":0}' },
      status: { BOOL: true },
    });
  }
  await table.put(toItem(recordIn(states.expired, { upload: named('ended.pdf') }), 400), {
    kind: 'absent',
  });
  await table.put(toItem(recordIn(states.held, { upload: named('held.pdf') }), 400), { kind: 'absent' });

  for (const list of [ledger.work('lease', 2), ledger.work('held', 2)]) {
    const found = await collect(list);
    expect(found.map(({ readable }) => readable)).toEqual([...Array.from({ length: 12 }, () => false), true]);
  }
  expect((await collect(ledger.ofTarget(target))).filter(({ readable }) => readable)).toHaveLength(2);
});

describe('many records in one read', () => {
  test('many uploads are read as the ledger knows them; those it has never seen are absent', async () => {
    await table.put(toItem(recordIn(states.attached), 400), { kind: 'absent' });
    await table.put({ pk: 'cv-inbox/odd.pdf#1', version: 1, document: 'odd' }, { kind: 'absent' });

    const known = await ledger.readMany([id, 'cv-inbox/odd.pdf#1', 'cv-inbox/never.pdf#1']);

    expect([...known.keys()].sort()).toEqual([id, 'cv-inbox/odd.pdf#1']);
    expect(recordOf(known.get(id)).state.status).toBe('attached');
    expect(known.get('cv-inbox/odd.pdf#1')?.readable).toBe(false);
  });
});

describe('the files of a target', () => {
  test('the files of a target are all that were sent to it, in the order of arrival, whatever their status', async () => {
    const put = (key: string, state: LedgerRecord['state'], createdAt: number, its = target) =>
      table.put(toItem(recordIn(state, { upload: named(key), createdAt, target: its }), 400), { kind: 'absent' });
    await put('third.pdf', states.rejected, nine + 2);
    await put('first.pdf', states.attached, nine);
    await put('second.pdf', states.held, nine + 1);
    await put('other.pdf', states.attached, nine, { ...target, id: 'GRK124' });
    await put('application.pdf', states.attached, nine, { ...target, kind: 'application' });

    expect(await namesIn(ledger.ofTarget(target))).toEqual(['first.pdf', 'second.pdf', 'third.pdf']);
  });
});

describe('forgetting a record', () => {
  test('forgetting removes the record that was read', async () => {
    const record = await written(ledger, await claimed(ledger, 'owner-A'), deliveredBy('owner-A'));
    expect(await ledger.forget({ id, readable: true, record })).toBe('forgotten');
    expect(await ledger.read(id)).toBeUndefined();
    expect(await namesIn(ledger.ofTarget(target))).toEqual([]);
  });

  test('forgetting does not remove a record that has changed since it was read', async () => {
    const old = await claimed(ledger, 'owner-A');
    await written(ledger, old, deliveredBy('owner-A'));
    expect(await ledger.forget({ id, readable: true, record: old })).toBe('conflict');
    expect(recordOf(await ledger.read(id)).state.status).toBe('attached');
  });

  test('forgetting removes a record that cannot be read, even one without a version', async () => {
    await dynamo.client.send(
      new PutItemCommand({ TableName: tableName, Item: { pk: { S: id }, document: { S: 'garbage' } } }),
    );
    const known = await ledger.read(id);
    expect(known && (await ledger.forget(known))).toBe('forgotten');
    expect(await ledger.read(id)).toBeUndefined();
  });
});

describe('a record that cannot be read', () => {
  const garbage = { pk: id, version: 4, document: '{"layout":2,"state":{"status":"quarantined"}}' };

  test('a record that cannot be read is not claimed, and gives the reason', async () => {
    await table.put(garbage, { kind: 'absent' });
    expect(await ledger.claim(claimOf('owner-A'))).toEqual({
      written: false,
      known: {
        id,
        readable: false,
        version: 4,
        reason: 'The ledger record is damaged or from another version: look at "layout".',
      },
    });
    expect(await table.get(id)).toEqual(garbage);
  });

  test('a record that has lost its owner does not make every claim loop', async () => {
    const { owner: _, ...item } = toItem(recordIn(states.sending), 400);
    await table.put(item, { kind: 'absent' });
    dynamo.calls.length = 0;
    expect(await ledger.claim(claimOf('owner-A'))).toMatchObject({ written: false, known: { readable: false } });
    expect(dynamo.calls).toEqual(['PutItem']);
  });
});
