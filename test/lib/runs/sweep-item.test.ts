import { beforeEach, describe, expect, test } from 'vitest';
import { day, hour, minute, nine } from '../../fakes/ledger-samples.ts';
import { type SweepWorld, sweepWorld } from '../../worlds/sweep-world.ts';

let its: SweepWorld;
let world: SweepWorld['world'];
beforeEach(() => {
  its = sweepWorld();
  world = its.world;
});

const unset = { settings: { sweepSince: undefined } };

describe('a sweep item', () => {
  const damage = (document: string): void => {
    const item = world.table.items.get('sweep');
    world.table.items.set('sweep', { ...(item ?? { pk: 'sweep', version: 1 }), document });
  };
  const damaged = [
    ['that is empty', ''],
    ['that is no JSON', '{"since":'],
    ['that is null', 'null'],
    ['without its dates', '{"watermark":0}'],
    ['with a text for a date', '{"since":{"candidates/":"2026-01-05"},"watermark":0}'],
    ['with a date beyond all numbers', '{"since":{},"watermark":1e999}'],
    ['with a date beyond the calendar', '{"since":{},"watermark":0,"finishedAt":1e17}'],
    ['whose pass has lost its folder', '{"since":{},"watermark":0,"pass":{"startedAt":1,"deep":true,"unaccounted":0}}'],
  ] as const;

  test.each(damaged)('a sweep item %s starts again from SWEEP_SINCE, and continues from there', async (_, document) => {
    its.add('old', nine - 2 * day);
    its.add('young', nine - hour);
    damage(document);
    expect(await its.run({ settings: { sweepSince: nine - day } })).toMatchObject({ found: 1, pass: 'finished' });
    expect(its.waiting()).toEqual(['GRKyoung']);
    // The next run without the setting finds a valid item.
    expect(await its.run(unset)).toMatchObject({ found: 0, pass: 'finished' });
    expect(world.logged).toEqual([]);
  });

  test.each(damaged)(
    'a sweep item %s stops the sweep without SWEEP_SINCE, and the log gives the next step',
    async (_, document) => {
      its.add('young', nine - hour);
      damage(document);
      const nothing = { outcomes: {}, listed: 0, asked: 0, found: 0, unaccounted: 0, unmatched: 0 };
      expect(await its.run(unset)).toEqual({ ...nothing, pass: 'damaged' });
      expect(its.waiting()).toEqual([]);
      expect(world.table.items.get('sweep')?.document).toBe(document);
      expect(world.logged).toEqual([
        {
          message: 'The item of the sweep cannot be read, so no sweep can run.',
          item: 'sweep',
          nextStep:
            'Set SWEEP_SINCE to the date from which objects should be checked, or delete the item "sweep" from the ledger table to start from now.',
        },
      ]);
    },
  );

  test('a damaged sweep item is repaired by deleting it: then the sweep starts from now', async () => {
    its.add('old', nine - hour);
    damage('?');
    await its.run(unset);
    world.table.items.delete('sweep');
    expect(await its.run(unset)).toMatchObject({ found: 0, pass: 'finished' });
    world.clock.advance(10 * minute);
    its.add('new', nine + minute);
    expect(await its.run(unset)).toMatchObject({ found: 1 });
    expect(its.waiting()).toEqual(['GRKnew']);
  });

  test('a sweep item is written even when the write was repeated after its response was lost', async () => {
    its.add('1');
    const courier = its.newCourier();
    const { table } = courier;
    let lost = true;
    const put: typeof table.put = async (item, condition) => {
      const result = await table.put(item, condition);
      if (!lost || item.pk !== 'sweep') return result;
      lost = false;
      return table.put(item, condition);
    };
    expect(await its.run({ courier: { ...courier, table: { ...table, put } } })).toMatchObject({ pass: 'finished' });
  });
});

describe('watched folders', () => {
  const both = 'candidates/{candidate_id}/{filename}|more/{candidate_id}/{filename}';
  const runOf = (templates: string) => its.run({ ...unset, courier: its.newCourier(templates) });

  test('a newly watched folder is swept from now on, and the others as before', async () => {
    await its.run(unset);
    its.add('more/GRKold/CV.pdf', nine + minute);
    its.add('first', nine + minute);
    world.clock.advance(10 * minute);
    expect(await runOf(both)).toMatchObject({ found: 1 });
    expect(its.waiting()).toEqual(['GRKfirst']);
    world.clock.advance(minute);
    its.add('more/GRKnew/CV.pdf');
    its.add('second');
    expect(await runOf(both)).toMatchObject({ found: 2 });
    expect(its.waiting()).toEqual(['GRKfirst', 'GRKnew', 'GRKsecond']);
  });

  test('a folder that becomes watched between two passes is dated immediately, not by the next pass', async () => {
    await its.run(unset);
    world.clock.advance(10 * minute);
    const courier = its.newCourier(both);
    expect(await its.run({ ...unset, courier, startNow: false })).toMatchObject({ pass: 'not due' });
    its.add('more/GRKnew/CV.pdf', world.clock.now() + minute);
    world.clock.advance(hour);
    expect(await its.run({ ...unset, courier, startNow: false })).toMatchObject({ pass: 'finished', found: 1 });
  });

  test('all folders are swept from SWEEP_SINCE when it is moved back, even in the middle of a pass', async () => {
    for (const name of ['1', '2', '3']) its.add(name, nine - 10 * day);
    its.lists.pageSize = 1;
    its.lists.takesMs = 40_000;
    expect(await its.run({ settings: { sweepSince: nine - day } })).toMatchObject({ found: 0, pass: 'in progress' });
    its.lists.takesMs = 0;
    expect(await its.run({ settings: { sweepSince: nine - 20 * day } })).toMatchObject({ found: 3, pass: 'finished' });
  });
});
