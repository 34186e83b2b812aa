import { beforeEach, describe, expect, test } from 'vitest';
import type { Courier } from '../../../lib/courier.ts';
import { deliver } from '../../../lib/delivery/deliver.ts';
import type { KomboFailure } from '../../../lib/kombo/classify-response.ts';
import { probePauses } from '../../../lib/runs/probe-pauses.ts';
import { releasePaused } from '../../../lib/runs/release-paused.ts';
import type { Upload } from '../../../lib/upload/upload.ts';
import { integrationId, minute, second } from '../../fakes/ledger-samples.ts';
import { losesAnswer, refuses } from '../../fakes/scripted-kombo.ts';
import { type DeliveryWorld, deliveryWorld } from '../../worlds/delivery-world.ts';

let world: DeliveryWorld;
beforeEach(() => {
  world = deliveryWorld();
});

const newCourier = (): Courier => world.newCourier();
const send = async (name: string, deps = newCourier()): Promise<Upload> => {
  const upload = world.put(`candidates/GRK123/${name}.pdf`);
  await deliver(upload, { deadline: world.deadline() }, deps);
  return upload;
};
const probe = (deps = newCourier()) => probePauses({ deadline: world.deadline(), worstCaseMs: minute }, deps);
const statusOf = async (upload: Upload): Promise<string> => (await world.recordOf(upload)).state.status;

/** The first file begins the pause, the others wait behind it. */
const paused = async (code: KomboFailure['code'], names: readonly string[]): Promise<Upload[]> => {
  world.kombo.script.push(() => refuses(code));
  const uploads: Upload[] = [];
  for (const name of names) {
    uploads.push(await send(name));
    world.clock.advance(second);
  }
  return uploads;
};

describe('a probe', () => {
  test('waits for its turn, sends one file, and ends the pause when that gets through', async () => {
    await paused('INTEGRATION.SETUP_SYNC_PENDING', ['A', 'B', 'C']);
    world.clock.advance(14 * minute);
    expect(await probe()).toEqual([]);
    world.clock.advance(minute);
    expect(await probe()).toMatchObject([{ status: 'attached' }]);
    expect(world.kombo.posts).toHaveLength(2);
    expect(await newCourier().pauses.list()).toMatchObject([{ state: 'releasing', ended: { by: 'probe' } }]);
  });

  test('is one, however many ask at the same moment', async () => {
    await paused('INTEGRATION.SETUP_SYNC_PENDING', ['A', 'B', 'C']);
    world.clock.advance(15 * minute);
    const outcomes = await Promise.all([probe(), probe(), probe()]);
    expect(outcomes.flat()).toHaveLength(1);
  });

  test('goes on to the next file when one is no longer in the bucket', async () => {
    const [first] = await paused('PLATFORM.AUTHENTICATION_INVALID', ['A', 'B', 'C']);
    world.bucket.delete(first?.key ?? '');
    world.clock.advance(15 * minute);
    expect(await probe()).toMatchObject([{ status: 'superseded' }, { status: 'attached' }]);
    expect(await newCourier().pauses.list()).toMatchObject([{ state: 'releasing' }]);
  });

  test('of the account takes a word about the integration for a sign that the key holds again', async () => {
    await paused('PLATFORM.AUTHENTICATION_INVALID', ['A', 'B']);
    world.clock.advance(15 * minute);
    world.kombo.script.push(() => refuses('INTEGRATION.INACTIVE'));
    await probe();
    expect((await newCourier().pauses.list()).map(({ scope, state }) => `${scope} ${state}`).sort()).toEqual([
      'account releasing',
      `${integrationId} open`,
    ]);
  });

  test.each(['KOMBO_UNREACHABLE', 'PLATFORM.RATE_LIMIT_EXCEEDED', 'PLATFORM.AUTHENTICATION_INVALID'] as const)(
    'that ends with %s proves nothing',
    async (code) => {
      await paused('PLATFORM.AUTHENTICATION_INVALID', ['A', 'B']);
      world.clock.advance(15 * minute);
      for (let call = 0; call < 3; call += 1) world.kombo.script.push(() => refuses(code, { retryAfterMs: minute }));
      await probe();
      expect(await newCourier().pauses.list()).toMatchObject([{ scope: 'account', state: 'open' }]);
    },
  );

  test('with nothing but files that may be delivered reads a target, and sends none of them', async () => {
    world.kombo.script.push(losesAnswer);
    const doubtful = await send('Doubtful');
    const [first] = await paused('PLATFORM.AUTHENTICATION_INVALID', ['A']);
    const deps = newCourier();
    const record = await world.recordOf(doubtful);
    const failure = { code: 'INTEGRATION_PAUSED', detail: 'x' } as const;
    await deps.ledger.apply(record, { kind: 'paused', scope: 'account', failure });
    world.table.items.delete(`${first?.bucket}/${first?.key}#${first?.etag}`);
    world.clock.advance(15 * minute);
    expect(await probe()).toEqual([]);
    expect(world.kombo.listings).toHaveLength(1);
    expect(world.kombo.posts).toHaveLength(2);
    expect(await deps.pauses.list()).toMatchObject([{ state: 'releasing' }]);
  });

  test('is not begun when the time is short', async () => {
    await paused('INTEGRATION.SETUP_SYNC_PENDING', ['A']);
    world.clock.advance(15 * minute);
    expect(await probePauses({ deadline: world.deadline(30 * second), worstCaseMs: minute }, newCourier())).toEqual([]);
  });

  test('of a cause that only an operator ends is never made', async () => {
    await paused('INTEGRATION.ACTION_DISABLED', ['A']);
    world.clock.advance(24 * 60 * minute);
    expect(await probe()).toEqual([]);
  });
});

describe('the end of a pause', () => {
  const end = () => newCourier().pauses.end(integrationId, { by: 'operator', reason: 'Fixed.' });

  test('lets its files go, and no other held file', async () => {
    world.kombo.script.push(() => refuses('KOMBO_NOT_FOUND'));
    const other = await send('Other');
    const uploads = await paused('INTEGRATION.ACTION_DISABLED', ['A', 'B']);
    await end();
    expect(await releasePaused(newCourier())).toEqual({ released: 2, finished: true });
    expect(await Promise.all(uploads.map(statusOf))).toEqual(['waiting', 'waiting']);
    expect(await statusOf(other)).toBe('held');
  });

  test('stays open for files of functions that have not read it, until none can hold one more', async () => {
    await paused('INTEGRATION.ACTION_DISABLED', ['A']);
    const unaware = newCourier();
    await send('B', unaware);
    await end();
    await releasePaused(newCourier());
    const late = await send('C', unaware);
    expect(await statusOf(late)).toBe('held');
    expect(await releasePaused(newCourier())).toEqual({ released: 1, finished: true });
    // The lease of seven minutes, and the half minute for which a function trusts its view.
    world.clock.advance(7 * minute + 30 * second);
    await releasePaused(newCourier());
    expect(await newCourier().pauses.list()).toHaveLength(1);
    world.clock.advance(second);
    await releasePaused(newCourier());
    expect(await newCourier().pauses.list()).toEqual([]);
  });

  test('stops in time, and the next run goes on', async () => {
    await paused('INTEGRATION.ACTION_DISABLED', ['A', 'B', 'C']);
    await end();
    expect(await releasePaused(newCourier(), world.deadline(10 * second))).toEqual({ released: 0, finished: false });
    expect(await releasePaused(newCourier(), world.deadline())).toEqual({ released: 3, finished: true });
  });

  test('costs two questions when nothing has ended', async () => {
    await paused('INTEGRATION.ACTION_DISABLED', ['A', 'B']);
    world.table.calls.length = 0;
    await releasePaused(newCourier());
    expect(world.table.calls).toEqual(['query', 'getMany']);
  });
});
