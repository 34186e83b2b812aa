import { beforeEach, describe, expect, test } from 'vitest';
import type { Courier } from '../../../lib/courier.ts';
import { type Admission, admit } from '../../../lib/delivery/admission.ts';
import type { DeliverOptions } from '../../../lib/delivery/delivery-options.ts';
import { accountLane, paused } from '../../../lib/lane/lane.ts';
import { integrationId, minute, second } from '../../fakes/ledger-samples.ts';
import { byOperator } from '../../fakes/pause-samples.ts';
import { type DeliveryWorld, deliveryWorld } from '../../worlds/delivery-world.ts';

let world: DeliveryWorld;
let courier: Courier;
beforeEach(() => {
  world = deliveryWorld();
  courier = world.newCourier({ komboTimeoutMs: minute });
  // One call at a time.
  courier.load.note(integrationId, { limit: 5 });
});

const ask = (options: Partial<DeliverOptions> = {}): Promise<Admission> =>
  admit({ kind: 'candidate', id: 'GRK123', integrationId }, { deadline: world.deadline(), ...options }, courier);
const settled = (admission: Promise<Admission>): Promise<Admission | 'in the queue'> =>
  Promise.race([admission, new Promise<'in the queue'>((resolve) => setImmediate(() => resolve('in the queue')))]);
const busy = {
  wait: {
    failure: {
      code: 'LANE_BUSY',
      detail: "Kombo's limit on concurrent calls for the integration was reached.",
    },
    dueAt: expect.any(Number),
  },
};

describe('a place among the concurrent calls', () => {
  test.each([
    ['a whole call and the work around it', 5 * minute, 3.5 * minute],
    ['half of the remaining time, in a function that is almost at its end', 2 * minute, minute],
  ])(
    'a delivery waits for a place among the concurrent calls while there is time left for %s',
    async (_, durationMs, waitsMs) => {
      const first = await ask();
      const late = ask({ deadline: world.deadline(durationMs) });
      expect(await settled(late)).toBe('in the queue');
      world.clock.advance(waitsMs - 1);
      expect(await settled(late)).toBe('in the queue');
      world.clock.advance(1);
      expect(await settled(late)).toMatchObject(busy);
      first.leave?.();
    },
  );

  test('a file whose lane an operator paused while it waited for a place gives the place back', async () => {
    const first = await ask();
    const next = ask();
    expect(await settled(next)).toBe('in the queue');
    await courier.lanes.change(integrationId, (lane) => paused(lane, byOperator));
    first.leave?.();
    expect(await next).toMatchObject({ wait: { failure: { code: 'INTEGRATION_PAUSED' } } });
    await expect(courier.load.enter(integrationId, world.deadline(), second)).resolves.toBeTypeOf('function');
  });
});

test('a file in a paused lane does not wait for a place first', async () => {
  const first = await ask();
  await courier.lanes.change(integrationId, (lane) => paused(lane, byOperator));
  expect(await settled(ask())).toMatchObject({ wait: { failure: { code: 'INTEGRATION_PAUSED' } } });
  first.leave?.();
});

test('a place is given back when the lane cannot be read after waiting for the place', async () => {
  const first = await ask();
  const next = ask();
  expect(await settled(next)).toBe('in the queue');
  world.clock.advance(minute);
  world.table.fail('get', 2);
  first.leave?.();
  await expect(next).rejects.toThrow('does not answer');
  await expect(courier.load.enter(integrationId, world.deadline(), second)).resolves.toBeTypeOf('function');
});

describe('an integration that was full a moment ago', () => {
  beforeEach(() => courier.load.note(integrationId, {}, 'PLATFORM.CONCURRENCY_LIMIT_EXCEEDED'));

  test('a new file waits when its integration was full a moment ago', async () => {
    expect(await ask()).toMatchObject(busy);
    expect((await ask()).wait?.dueAt).toBe(world.clock.now() + 30 * second);
  });

  test.each<[string, Partial<DeliverOptions>]>([
    ['probe of its lane', { probes: integrationId }],
    ['probe of the account', { probes: accountLane }],
    ['file that an operator asks for', { early: true }],
    ['run that adapts to the limits itself', { isPaced: true }],
  ])('a full integration does not keep a %s waiting', async (_, options) => {
    expect((await ask(options)).leave).toBeTypeOf('function');
  });
});
