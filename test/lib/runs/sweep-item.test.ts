import { beforeEach, describe, expect, test } from 'vitest';
import type { Condition } from '../../../lib/ledger/table.ts';
import { clearSweepPosition } from '../../../lib/runs/sweep-store.ts';
import { day, hour, minute, nine, states } from '../../fakes/ledger-samples.ts';
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
    ['whose lease has lost its end', '{"since":{},"watermark":0,"lease":{"owner":"x"}}'],
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

  test.each([
    ['returns the stored item', ['get', 'put', 'put', 'put']],
    ['returns nothing', ['get', 'put', 'put', 'get', 'put']],
  ])(
    'a sweep item is written once although the response was lost, with a store whose refusal %s',
    async (refusal, calls) => {
      its.add('1', undefined, states.attached);
      const courier = its.newCourier();
      const { table } = courier;
      const conditions: Condition[] = [];
      const put: typeof table.put = async (item, condition) => {
        conditions.push(condition);
        const result = await table.put(item, condition);
        if (conditions.length > 1) return result;
        // The SDK repeats the write, and the repeat conflicts with the first one.
        const repeated = await table.put(item, condition);
        return refusal === 'returns nothing' ? { written: false } : repeated;
      };
      world.table.calls.length = 0;
      const run = its.run({ courier: { ...courier, table: { ...table, put } } });
      expect(await run).toMatchObject({ pass: 'finished' });
      expect(conditions).toEqual([{ kind: 'absent' }, { kind: 'unchanged', version: 1 }]);
      expect(world.table.items.get('sweep')).toMatchObject({ version: 2, status: 'sweep' });
      expect(world.table.calls.filter((call) => call === 'get' || call === 'put')).toEqual(calls);
    },
  );

  test('a sweep item that is deleted while a run sweeps ends that run', async () => {
    its.add('1');
    const courier = its.newCourier();
    const list: typeof courier.storage.list = async (...asked) => {
      world.table.items.delete('sweep');
      return courier.storage.list(...asked);
    };
    const run = its.run({ courier: { ...courier, storage: { ...courier.storage, list } } });
    expect(await run).toMatchObject({ pass: 'taken' });
    expect(world.table.items.has('sweep')).toBe(false);
  });
});

describe('the position of a sweep at an erased key', () => {
  const pass = { startedAt: 1, prefix: 'a/', deep: true, unaccounted: 0 };
  const stored = (state: object) => {
    world.table.items.set('sweep', { pk: 'sweep', version: 4, document: JSON.stringify(state) });
    world.table.calls.length = 0;
  };

  test('the position of a sweep at an erased key is removed, and nothing else', async () => {
    stored({ since: {}, watermark: 5, pass: { ...pass, afterKey: 'a/1' } });
    await clearSweepPosition('a/1', world.table);
    expect(its.item()).toEqual({ since: {}, watermark: 5, pass });
    expect(world.table.items.get('sweep')?.version).toBe(5);
  });

  test.each([
    ['at another key', { since: {}, watermark: 0, pass: { ...pass, afterKey: 'a/2' } }],
    ['between two passes', { since: {}, watermark: 0 }],
    ['that cannot be read', { watermark: 0 }],
    ['that never ran', undefined],
  ])('a sweep %s keeps its item when a key is erased', async (_, state) => {
    if (state) stored(state);
    await clearSweepPosition('a/1', world.table);
    expect(world.table.calls).toEqual(['get']);
  });

  test('a sweep that writes its item while a key is erased stops that, so that it is repeated', async () => {
    stored({ since: {}, watermark: 0, pass: { ...pass, afterKey: 'a/1' } });
    const put = async () => ({ written: false }) as const;
    const clearing = clearSweepPosition('a/1', { ...world.table, put });
    await expect(clearing).rejects.toThrow('Too many conflicting writes to one sweep item.');
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
