import { beforeEach, describe, expect, test } from 'vitest';
import type { Pause } from '../../../lib/lane/pause.ts';
import { hour, minute, nine } from '../../fakes/ledger-samples.ts';
import { byOperator } from '../../fakes/pause-samples.ts';
import { type LaneWorld, laneWorld } from '../../worlds/lane-world.ts';

let world: LaneWorld;
beforeEach(() => {
  world = laneWorld();
});

const unread = (nextAt: number): Pause => ({
  code: 'INTEGRATION.INACTIVE',
  by: 'kombo',
  reason: 'Kombo answered HTTP 409.',
  since: nine,
  end: { by: 'unread', nextAt, probes: 0 },
});
const puts = (): number => world.table.calls.filter((call) => call === 'put').length;

/** Something was attached there, so its id is no mistake in a key. */
const group = {
  kind: 'candidate',
  contentType: 'application/pdf',
  samples: [],
  lessons: [],
  missed: 0,
  nextSampleAt: 0,
} as const;

describe('the readings of integrations in one run', () => {
  const pauseMany = (count: number): void => {
    for (let number = 0; number < count; number += 1) {
      world.addWaiting('GRK1', { id: `many:${number}` });
      world.setLane({ pause: unread(nine + number) }, `many:${number}`);
    }
    world.kombo.described = () => ({ ok: true, value: { status: 'INACTIVE' }, concurrency: {} });
    world.clock.advance(minute);
  };

  test('a run makes at most 50 readings, of the lanes that were not read for the longest time', async () => {
    pauseMany(120);
    await world.recover();
    const idsOf = (from: number, to: number) => Array.from({ length: to - from }, (_, place) => `many:${from + place}`);
    expect([...world.kombo.readings].sort()).toEqual(idsOf(0, 50).sort());
    await world.recover();
    expect([...world.kombo.readings.slice(50)].sort()).toEqual(idsOf(50, 100).sort());
  });

  test('lanes that cannot be read, without files, or that an operator has paused, use up no reading of a run', async () => {
    pauseMany(60);
    for (let number = 0; number < 60; number += 1) {
      const pk = `lane#damaged:${number}`;
      world.table.items.set(pk, { pk, version: 1, workShard: 'lanes#paused', workAt: nine - minute, document: '{' });
      world.setLane({ pause: { ...byOperator, since: nine - 3 * hour } }, `own:${number}`);
      world.setLane({ pause: unread(nine - minute), tool: [group] }, `empty:${number}`);
    }
    expect(await world.recover()).toMatchObject({ unreadable: 60 });
    expect(world.kombo.readings).toHaveLength(50);
  });
});

describe('a paused lane', () => {
  test('a paused lane is counted every hour, so that an operator sees what waits in it', async () => {
    for (let number = 0; number < 3; number += 1)
      world.addWaiting(`GRK${number}`, { change: { createdAt: nine - hour } });
    world.setLane({ pause: byOperator });
    world.clock.advance(hour - 1);
    world.table.calls.length = 0;
    await world.recover();
    expect(puts()).toBe(0);
    world.clock.advance(1);
    await world.recover();
    const counts = { waiting: 3, unknown: 0, oldestAt: nine - hour, at: nine + hour };
    expect(world.lane()).toMatchObject({ counts, pause: byOperator });
    await world.recover();
    expect(puts()).toBe(1);
    world.addWaiting('GRK9');
    world.clock.advance(hour);
    await world.recover();
    expect(world.lane().counts).toMatchObject({ waiting: 4 });
  });

  test('a paused lane with 5,000 files is counted as 1,000 for each part, with one page of each', async () => {
    for (let number = 0; number < 5_000; number += 1) world.addWaiting(`GRK${number}`);
    world.setLane({ pause: byOperator });
    world.clock.advance(hour);
    world.table.calls.length = 0;
    await world.recover();
    expect(world.lane().counts).toMatchObject({ waiting: 1_000 });
    expect(world.table.calls.filter((call) => call === 'query')).toHaveLength(3);
  });
});
