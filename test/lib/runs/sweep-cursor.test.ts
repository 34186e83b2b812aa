import { beforeEach, describe, expect, test } from 'vitest';
import { day, hour, minute, nine } from '../../fakes/ledger-samples.ts';
import { type SweepWorld, sweepWorld } from '../../worlds/sweep-world.ts';

let its: SweepWorld;
let world: SweepWorld['world'];
beforeEach(() => {
  its = sweepWorld();
  world = its.world;
});

const add: SweepWorld['add'] = (...object) => its.add(...object);
const run: SweepWorld['run'] = (...how) => its.run(...how);
const posts = () => its.posts();

describe('a cursor that cannot be read', () => {
  const cursor = 'sweep#candidates/';
  const garble = (document: string): void => {
    const item = world.table.items.get(cursor);
    world.table.items.set(cursor, { ...(item ?? { pk: cursor, version: 1 }), document });
  };
  const garbled = [
    ['that is empty', ''],
    ['that is no JSON', '{"since":'],
    ['that is null', 'null'],
    ['without its date', '{"watermark":0}'],
    ['with a text for a date', '{"since":"2026-01-05","watermark":0}'],
    ['with a date beyond all numbers', '{"since":0,"watermark":1e999}'],
    ['whose pass has lost its key', '{"since":0,"watermark":0,"pass":{"startedAt":1}}'],
  ] as const;

  test.each(garbled)('%s begins anew from SWEEP_SINCE, and goes on from there', async (_, document) => {
    add('old', nine - 2 * day);
    add('young', nine - hour);
    garble(document);
    expect(await run({ sweepSince: nine - day })).toMatchObject({ found: 1, finished: true });
    expect(posts()).toEqual(['GRKyoung']);
    // The next run without the setting finds a sound cursor.
    expect(await run({ sweepSince: undefined })).toMatchObject({ found: 0, finished: true });
    expect(world.logged).toEqual([]);
  });

  test.each(garbled)('%s stops the sweep without SWEEP_SINCE, and says what to do', async (_, document) => {
    add('old', nine - 2 * day);
    add('young', nine - hour);
    garble(document);
    expect(await run({ sweepSince: undefined })).toEqual({
      outcomes: {},
      listed: 0,
      asked: 0,
      found: 0,
      finished: false,
      unreadable: 1,
    });
    expect(posts()).toEqual([]);
    expect(world.table.items.get(cursor)?.document).toBe(document);
    expect(world.logged).toEqual([
      {
        message: 'The sweep cursor cannot be read; nothing is swept.',
        item: 'sweep#candidates/',
        nextStep:
          'Set SWEEP_SINCE to the date from which objects should be looked at, or delete the item from the ledger table to start from now.',
      },
    ]);
  });

  test('is fixed by deleting it: then the sweep starts from now', async () => {
    add('old', nine - hour);
    garble('?');
    await run({ sweepSince: undefined });
    world.table.items.delete(cursor);
    expect(await run({ sweepSince: undefined })).toMatchObject({ found: 0, finished: true });
    world.clock.advance(10 * minute);
    add('new', nine + minute);
    expect(await run({ sweepSince: undefined })).toMatchObject({ found: 1 });
    expect(posts()).toEqual(['GRKnew']);
  });

  test('of one prefix does not stop the others', async () => {
    const deps = its.newCourier('candidates/{candidate_id}/{filename}|more/{candidate_id}/{filename}');
    garble('?');
    const report = await run({ sweepSince: undefined }, world.deadline(), deps);
    expect(report.finished).toBe(false);
    expect(world.table.items.has('sweep#more/')).toBe(true);
    expect(its.lists.count).toBe(1);
  });
});
