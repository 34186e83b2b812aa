import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { dynamoTable } from '../../../lib/aws/dynamo-table.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { IndexPage, IndexQuery, Item, Table } from '../../../lib/ledger/table.ts';
import { type LocalDynamo, startLocalDynamo } from '../../fakes/local-table.ts';

let dynamo: LocalDynamo;
let table: Table;
let tableName: string;
beforeAll(async () => {
  dynamo = await startLocalDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  ({ table, name: tableName } = await dynamo.newTable());
});

const item = (pk: string, change: Partial<Item> = {}): Item => ({ pk, version: 1, document: '{}', ...change });
const absent = { kind: 'absent' } as const;

const pagesOf = async (query: IndexQuery): Promise<IndexPage[]> => {
  const pages: IndexPage[] = [];
  let after: IndexPage['next'];
  do {
    const page = await table.query({ ...query, ...(after && { after }) });
    pages.push(page);
    after = page.next;
  } while (after);
  return pages;
};

const keys = (pages: readonly IndexPage[]): string[] => pages.flatMap(({ items }) => items.map(({ pk }) => pk));

describe('an item', () => {
  test('an item comes back as it was put, with every attribute', async () => {
    const whole: Item = {
      pk: 'cv-inbox/candidates/GRK123/é+% 😀.pdf#abc',
      version: 3,
      owner: 'owner-A',
      workShard: 'due#2',
      workAt: 1_767_603_600_000,
      targetKey: 'candidate/GRK123',
      createdAt: 1_767_603_540_123,
      // Far in the future: the table may delete expired items.
      expiresAt: Math.floor(Date.now() / 1_000) + 365 * 86_400,
      status: 'sending',
      code: 'ANSWER_LOST',
      waiting: 12,
      unknown: 0,
      integrationId: 'greenhouse:8Xi6iZrwusZqJmDGXs49GBmJ',
      type: 'CV',
      sizeBytes: '48211',
      attempts: 2,
      endedAt: 1_767_603_540_123,
      correlationId: 'application-4711',
      outcome: 1,
      upload: 'e3b0c44298fc1c149afbf4c8996fb924',
      etag: 'abc',
      target: '',
      document: '{"layout":1,"name":"Zoë"}',
    };
    await table.put(whole, absent);
    expect(await table.get(whole.pk)).toEqual(whole);
  });

  test('an item that does not exist is undefined', async () => {
    expect(await table.get('cv-inbox/nobody.pdf#0')).toBeUndefined();
  });

  test('an item with attributes of unexpected types is read with those that are valid', async () => {
    const attributes = { pk: { S: 'odd' }, version: { S: 'three' }, document: { N: '7' }, workAt: { BOOL: true } };
    await dynamo.client.send(
      new PutItemCommand({ TableName: tableName, Item: { pk: attributes.pk, mood: { S: 'x' } } }),
    );
    expect(await table.get('odd')).toEqual({ pk: 'odd', version: 0, document: '' });

    await dynamo.client.send(
      new PutItemCommand({
        TableName: tableName,
        Item: { pk: { S: 'odder' }, version: attributes.version, document: attributes.document },
      }),
    );
    expect(await table.get('odder')).toEqual({ pk: 'odder', version: 0, document: '' });
  });

  test('an item with a time outside the calendar is read without it, because an answer would show it as a date', async () => {
    const [created, ended] = [{ N: '1e17' }, { N: '-1' }];
    const Item = { pk: { S: 'late' }, version: { N: '2' }, createdAt: created, endedAt: ended, attempts: { N: '1' } };
    await dynamo.client.send(new PutItemCommand({ TableName: tableName, Item }));
    expect(await table.get('late')).toEqual({ pk: 'late', version: 2, attempts: 1, document: '' });
  });
});

describe('a conditional put', () => {
  test('a put conditional on absence is refused when the item exists, and changes nothing', async () => {
    expect(await table.put(item('a'), absent)).toEqual({ written: true });
    expect(await table.put(item('a', { document: '{"new":1}' }), absent)).toEqual({
      written: false,
      found: item('a'),
    });
    expect(await table.get('a')).toEqual(item('a'));
  });

  test('a put conditional on a version is refused on any other version', async () => {
    await table.put(item('a', { version: 4 }), absent);
    expect(await table.put(item('a', { version: 4 }), { kind: 'unchanged', version: 3 })).toMatchObject({
      written: false,
    });
    expect(await table.put(item('a', { version: 5 }), { kind: 'unchanged', version: 4 })).toEqual({ written: true });
  });

  test('a put conditional on an owner is refused for any other owner, and for none', async () => {
    await table.put(item('a', { owner: 'owner-A' }), absent);
    await table.put(item('b'), absent);
    const byB = { kind: 'unchanged', version: 1, owner: 'owner-B' } as const;
    expect(await table.put(item('a', { version: 2 }), byB)).toMatchObject({ written: false });
    expect(await table.put(item('b', { version: 2 }), byB)).toMatchObject({ written: false });
    expect(await table.put(item('a', { version: 2 }), { ...byB, owner: 'owner-A' })).toEqual({ written: true });
  });

  test('a conditional put replaces the whole item: attributes that the new one lacks are gone', async () => {
    await table.put(item('a', { owner: 'owner-A', workShard: 'due#0', workAt: 1 }), absent);
    await table.put(item('a', { version: 2 }), { kind: 'unchanged', version: 1 });
    expect(await table.get('a')).toEqual(item('a', { version: 2 }));
  });
});

describe('a delete', () => {
  test('a delete works only on the version that was read', async () => {
    await table.put(item('a', { version: 2 }), absent);
    expect(await table.delete('a', { kind: 'unchanged', version: 1 })).toBe('refused');
    expect(await table.delete('a', { kind: 'unchanged', version: 2 })).toBe('deleted');
    expect(await table.get('a')).toBeUndefined();
  });

  test('a delete of an item that is already gone is refused', async () => {
    expect(await table.delete('a', { kind: 'unchanged', version: 0 })).toBe('refused');
  });

  test('an item that lost its version can be deleted', async () => {
    await dynamo.client.send(new PutItemCommand({ TableName: tableName, Item: { pk: { S: 'a' } } }));
    expect(await table.delete('a', { kind: 'unchanged', version: 0 })).toBe('deleted');
    expect(await table.get('a')).toBeUndefined();
  });
});

describe('many items in one call', () => {
  test('many items are read in batches of a hundred, absent ones left out, repeated ones once', async () => {
    const there = Array.from({ length: 230 }, (_, index) => `key-${index}`);
    await Promise.all(there.map((pk) => table.put(item(pk), absent)));
    dynamo.calls.length = 0;

    const found = await table.getMany([...there, ...there, 'nobody-1', 'nobody-2']);

    expect(found.map(({ pk }) => pk).sort()).toEqual([...there].sort());
    expect(dynamo.calls).toEqual(['BatchGetItem', 'BatchGetItem', 'BatchGetItem']);
  });

  test('reading no items makes no call', async () => {
    expect(await table.getMany([])).toEqual([]);
    expect(dynamo.calls).toEqual([]);
  });

  /** A client to a busy table: it answers `answers` keys of each request and leaves the others unprocessed. */
  const busyClient = (answers: number) => {
    const client = dynamo.newClient();
    client.middlewareStack.add(
      (next, context) => async (args) => {
        if (context.commandName !== 'BatchGetItemCommand') return next(args);
        const input = args.input as { RequestItems: Record<string, { Keys: unknown[]; ConsistentRead: boolean }> };
        const asked = input.RequestItems[tableName]?.Keys ?? [];
        const answer = await next({
          ...args,
          input: { RequestItems: { [tableName]: { Keys: asked.slice(0, 1), ConsistentRead: true } } },
        });
        const left = asked.length > answers ? { [tableName]: { Keys: asked.slice(answers) } } : {};
        Object.assign(answer.output, { UnprocessedKeys: left });
        return answer;
      },
      { step: 'initialize', name: 'leaveKeysOver' },
    );
    return client;
  };

  /** Waits end immediately, and are counted. */
  const waitingClock = (): Clock & { readonly waits: number[] } => {
    const waits: number[] = [];
    const after: Clock['after'] = (delayMs, action) => {
      waits.push(delayMs);
      queueMicrotask(action);
      return () => undefined;
    };
    return { waits, now: () => 0, after };
  };

  test('keys that DynamoDB left unprocessed are requested again, after growing waits', async () => {
    await Promise.all(['a', 'b', 'c'].map((pk) => table.put(item(pk), absent)));
    const clock = waitingClock();
    const found = await dynamoTable(busyClient(1), tableName, { clock, random: () => 0.5 }).getMany(['a', 'b', 'c']);
    expect(found.map(({ pk }) => pk)).toEqual(['a', 'b', 'c']);
    expect(clock.waits).toEqual([25, 50]);
  });

  test('keys that DynamoDB never processes end in an error that names the table', async () => {
    const clock = waitingClock();
    const reading = dynamoTable(busyClient(0), tableName, { clock }).getMany(['a', 'b']);
    await expect(reading).rejects.toThrow(
      `The DynamoDB table "${tableName}" is too busy to read all requested records`,
    );
    expect(clock.waits).toHaveLength(7);
  });
});

describe('the index of work', () => {
  test('the index of work lists by time, page by page, and only what is due', async () => {
    const times = [50, 10, 40, 20, 30];
    await Promise.all(times.map((workAt) => table.put(item(`at-${workAt}`, { workShard: 'due#1', workAt }), absent)));

    const pages = await pagesOf({ index: 'byWork', hash: 'due#1', upTo: 40, limit: 2 });

    expect(keys(pages)).toEqual(['at-10', 'at-20', 'at-30', 'at-40']);
    expect(Math.max(...pages.map(({ items }) => items.length))).toBe(2);
  });

  test('the index of work lists the newest first on request, page by page, and nothing later than the bound', async () => {
    const times = [50, 10, 40, 20, 30];
    await Promise.all(
      times.map((workAt) => table.put(item(`at-${workAt}`, { workShard: 'rejected#1', workAt }), absent)),
    );

    const pages = await pagesOf({ index: 'byWork', hash: 'rejected#1', upTo: 40, newestFirst: true, limit: 2 });

    expect(keys(pages)).toEqual(['at-40', 'at-30', 'at-20', 'at-10']);
    expect(Math.max(...pages.map(({ items }) => items.length))).toBe(2);
  });

  test('the index of work without a bound lists its whole shard, and nothing of another', async () => {
    await table.put(item('a', { workShard: 'held#0', workAt: 2 }), absent);
    await table.put(item('b', { workShard: 'held#1', workAt: 1 }), absent);
    expect(keys(await pagesOf({ index: 'byWork', hash: 'held#0', limit: 10 }))).toEqual(['a']);
  });

  test('the index of work is sparse: an item without work is not in it', async () => {
    await table.put(item('a', { workShard: 'due#0', workAt: 1 }), absent);
    await table.put(item('a', { version: 2 }), { kind: 'unchanged', version: 1 });
    expect(keys(await pagesOf({ index: 'byWork', hash: 'due#0', limit: 10 }))).toEqual([]);
  });
});

test('a scan returns every item whole, page by page, each once', async () => {
  const all = ['a', 'b', 'c', 'd', 'e'].map((pk) => item(pk, { status: 'attached', outcome: 1, correlationId: 'x' }));
  for (const one of all) await table.put(one, absent);
  const seen: Item[] = [];
  let after: string | undefined;
  do {
    const page = await table.scan(2, after);
    expect(page.items.length).toBeLessThanOrEqual(2);
    seen.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  expect(seen.sort((one, other) => (one.pk < other.pk ? -1 : 1))).toEqual(all);
});

test('the index of work has the attributes that counting needs, and no others', async () => {
  const place = { workShard: 'lanes', workAt: 7 };
  const facts = { status: 'lane', code: 'ANSWER_LOST', createdAt: 5, waiting: 0, unknown: 3 };
  await table.put(item('a', { ...place, ...facts, owner: 'owner-A', targetKey: 'candidate/C1' }), absent);

  const [page] = await pagesOf({ index: 'byWork', hash: 'lanes', limit: 1 });

  expect(page?.items).toEqual([{ pk: 'a', workAt: 7, ...facts }]);
});

test('the index of targets lists in the order of arrival, with keys alone', async () => {
  const first = item('a', { targetKey: 'candidate/C1', createdAt: 1, status: 'attached', document: '{"a":1}' });
  await table.put(item('b', { targetKey: 'candidate/C1', createdAt: 2 }), absent);
  await table.put(first, absent);
  await table.put(item('c', { targetKey: 'application/C1', createdAt: 3 }), absent);

  const pages = await pagesOf({ index: 'byTarget', hash: 'candidate/C1', limit: 1 });

  expect(keys(pages)).toEqual(['a', 'b']);
  expect(pages[0]?.items).toEqual([{ pk: 'a', createdAt: 1 }]);
});
