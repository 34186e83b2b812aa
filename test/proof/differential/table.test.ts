import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { Table } from '../../../lib/ledger/table.ts';
import { startLocalDynamo } from '../../fakes/local-table.ts';
import { actor, type Operation, operations, resolved } from './table-operations.ts';
import { type EditableTable, inMemory, inSimulation, onServer } from './tables.ts';

/**
 * The same random operations on the tests' table, the simulation's table and the real client with a server must give the same
 * answers, refusals and index views. So what is proven with a fake also applies to DynamoDB.
 *
 * Not compared, because DynamoDB does not define it or the ledger never does it:
 * - the order of items with equal range keys, and of BatchGetItem: DynamoDB defines none;
 * - the page key itself: it belongs to the table that created it;
 * - a page that is continued among equal range keys after a write: follows from the order above;
 * - a page that is continued with another bound: DynamoDB refuses its key, and the ledger keeps the bound;
 * - empty texts as keys, a limit of 0, items over 400 KB: DynamoDB refuses them, and the ledger never sends them;
 * - a put of version 0: it means an item without a version, which only an edit by hand creates;
 * - attributes of foreign types: the fakes store what the client would read (`test/lib/aws/dynamo-table.test.ts`);
 * - faults, lost answers and old views of an index: the simulation adds these itself.
 */

const runs = Number(process.env.DIFFERENTIAL_RUNS ?? 100);
/** Each executes one run at a time. */
const lanes = 4;

const dynamo = await startLocalDynamo();
afterAll(() => dynamo.stop());
const served = await dynamo.newTable();

const compare = async (tables: readonly EditableTable[], asked: readonly Operation[]): Promise<void> => {
  const actors = tables.map((table) => ({ name: table.name, act: actor(table) }));
  const [known] = tables;
  if (!known) return;
  for (const [at, one] of asked.entries()) {
    const its = await resolved(one, known.table);
    const answers = await Promise.all(actors.map(({ act }) => act(its)));
    if (answers.every((answer) => isDeepStrictEqual(answer, answers[0]))) continue;
    const told = actors.map(({ name }, index) => `${name}: ${JSON.stringify(answers[index])}`);
    throw new Error(`Operation ${at + 1}, ${JSON.stringify(its)}:\n${told.join('\n')}`);
  }
};

test(`the fake tables answer as DynamoDB does (${runs} runs of random operations)`, {
  timeout: 120_000 + runs * 60,
}, async () => {
  const property = fc.asyncProperty(operations, (asked) =>
    compare([inMemory(), inSimulation(), onServer(dynamo, served)], asked),
  );
  const ended = await Promise.allSettled(
    Array.from({ length: lanes }, () => fc.assert(property, { numRuns: Math.ceil(runs / lanes) })),
  );
  for (const lane of ended) if (lane.status === 'rejected') throw lane.reason;
});

/** Mistakes that a fake could make, or made. */
const mistakes: Readonly<Record<string, (table: Table) => Partial<Table>>> = {
  'returns nothing about refused writes': ({ put }) => ({
    put: async (...args) => ({ written: (await put(...args)).written }),
  }),
  'ignores the owner': ({ put }) => ({
    put: (item, { kind, ...rest }) =>
      put(
        item,
        kind === 'absent' || !('version' in rest) ? { kind: 'absent' } : { kind: 'unchanged', version: rest.version },
      ),
  }),
  'deletes on any version': ({ get, delete: remove }) => ({
    delete: async (pk) => {
      const there = await get(pk);
      return there ? remove(pk, { kind: 'unchanged', version: there.version }) : 'refused';
    },
  }),
  'returns an item twice when it is requested twice': ({ getMany }) => ({
    getMany: async (pks) => (await Promise.all(pks.map((pk) => getMany([pk])))).flat(),
  }),
  'leaves out items that are due exactly at the bound': ({ query }) => ({
    query: (asked) => query('upTo' in asked && asked.upTo !== undefined ? { ...asked, upTo: asked.upTo - 0.5 } : asked),
  }),
  'lists in one direction only': ({ query }) => ({
    query: (asked) => query(asked.index === 'byWork' ? { ...asked, newestFirst: true } : asked),
  }),
  'shows whole items in an index': ({ query, getMany }) => ({
    query: async (asked) => {
      const page = await query(asked);
      const whole = new Map((await getMany(page.items.map(({ pk }) => pk))).map((item) => [item.pk, item]));
      return { ...page, items: page.items.map((entry) => whole.get(entry.pk) ?? entry) };
    },
  }),
  'leaves the counts out of an index': ({ query }) => ({
    query: async (asked) => {
      const page = await query(asked);
      return { ...page, items: page.items.map(({ waiting: _, unknown: __, ...entry }) => entry) };
    },
  }),
  'ends after a full page': ({ query }) => ({
    query: async (asked) => {
      const page = await query(asked);
      const behind = page.next && (await query({ ...asked, after: page.next }));
      return behind?.items.length === 0 ? { items: page.items } : page;
    },
  }),
  'starts again from the first page when the last item of a page was deleted': ({ query, get }) => ({
    query: async ({ after, ...asked }) => query(after && (await get(String(after.pk))) ? { ...asked, after } : asked),
  }),
};

test.each(Object.entries(mistakes))('the comparison finds a fake table that %s', async (_, mistake) => {
  const mistaken = (): EditableTable => {
    const fake = inMemory();
    return { ...fake, name: 'mistaken', table: { ...fake.table, ...mistake(fake.table) } };
  };
  const property = fc.asyncProperty(operations, (asked) => compare([inMemory(), mistaken()], asked));
  const { failed, errorInstance } = await fc.check(property, { numRuns: 2_000 });
  expect(failed).toBe(true);
  expect(String(errorInstance)).toMatch(/^Error: Operation \d/);
});
