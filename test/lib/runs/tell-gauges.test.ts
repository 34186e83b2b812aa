import { beforeEach, expect, test } from 'vitest';
import { accountLane } from '../../../lib/lane/lane.ts';
import type { Condition, Table } from '../../../lib/ledger/table.ts';
import type { Gauges } from '../../../lib/runs/run-report.ts';
import { tellGauges } from '../../../lib/runs/tell-gauges.ts';
import { hour, nine, states } from '../../fakes/ledger-samples.ts';
import { type LaneWorld, laneWorld } from '../../worlds/lane-world.ts';

let world: LaneWorld;
beforeEach(() => {
  world = laneWorld();
});

/** As a new function reads them. */
const told = async (): Promise<Gauges> => {
  const readings: Gauges[] = [];
  const answered = await tellGauges(world.newCourier(), (gauges) => void readings.push(gauges));
  expect(readings).toEqual([answered]);
  return answered;
};

test('a cause is new when it started since the last report, however long ago that was, and is reported once', async () => {
  await told();
  world.clock.advance(2 * hour);
  const at = world.clock.now() - hour;
  world.addWaiting('HELD', { state: { ...states.held, heldAt: at } });
  world.addWaiting('REJECTED', { state: { ...states.rejected, rejectedAt: at } });
  const code = 'PLATFORM.AUTHENTICATION_INVALID';
  world.setLane({ pause: { code, by: 'kombo', reason: 'x', since: at } }, accountLane);
  expect(await told()).toMatchObject({ heldNew: 1, rejectedNew: 1, pausesNew: 1 });
  expect(await told()).toMatchObject({ heldNew: 0, rejectedNew: 0, pausesNew: 0 });
});

test.each([
  ['could not be read', 'query'],
  ['was reported and could not be recorded', 'put'],
] as const)('a cause that %s is new in the next report', async (_, call) => {
  await told();
  world.clock.advance(2 * hour);
  world.addWaiting('HELD', { state: { ...states.held, heldAt: world.clock.now() - hour } });
  world.table.fail(call, 1);
  await told();
  expect(await told()).toMatchObject({ heldNew: 1 });
});

test('readable gauges are reported when the table answers nothing else', async () => {
  world.setLane({ nextAt: nine, counts: { waiting: 7, unknown: 0, at: nine } });
  world.table.fail('get', 1);
  expect(await told()).toMatchObject({ waiting: 7 });
  world.table.fail('query', 1_000);
  world.table.fail('get', 1_000);
  expect(await told()).toMatchObject({ isComplete: false });
});

test('a report is recorded with its time, and only if no other report was recorded since', async () => {
  const conditions: Condition[] = [];
  const courier = world.newCourier();
  const { table } = courier;
  const put: Table['put'] = (item, condition) => {
    conditions.push(condition);
    return table.put(item, condition);
  };
  for (let time = 0; time < 2; time += 1) await tellGauges({ ...courier, table: { ...table, put } }, () => undefined);
  expect(conditions).toEqual([{ kind: 'absent' }, { kind: 'unchanged', version: 1 }]);
  expect(world.table.items.get('gauges')).toEqual({ pk: 'gauges', version: 2, document: JSON.stringify({ at: nine }) });
});
