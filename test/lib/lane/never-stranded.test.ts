import { beforeEach, describe, expect, test } from 'vitest';
import { failWith } from '../../../lib/delivery/attempt-report.ts';
import { settle } from '../../../lib/delivery/settle.ts';
import type { Item } from '../../../lib/ledger/table.ts';
import { expireLeases } from '../../../lib/runs/expire-leases.ts';
import { uploadId } from '../../../lib/upload/upload.ts';
import { day, hour, integrationId, minute, nine, second, states } from '../../fakes/ledger-samples.ts';
import { refuses } from '../../fakes/scripted-kombo.ts';
import { keyOf, type LaneWorld, laneWorld } from '../../worlds/lane-world.ts';

/** A waiting file must be found by a run, whatever crashed, and however late the index is. */

let world: LaneWorld;
beforeEach(() => {
  world = laneWorld();
});

/** Runs every five minutes for that time. */
const runsFor = async (durationMs: number): Promise<void> => {
  for (let passed = 0; passed < durationMs; passed += 5 * minute) {
    await world.runAll();
    world.clock.advance(5 * minute);
  }
};

/** A file whose record becomes visible in the index only when the test says so. */
const hidden = (): { readonly show: () => void } => {
  const upload = world.addWaiting('GRK1');
  const item = world.table.items.get(uploadId(upload)) as Item;
  world.table.items.delete(item.pk);
  return { show: () => void world.table.items.set(item.pk, item) };
};

describe('a waiting file is found', () => {
  test('a file that enters 10 minutes after the touch of its lane, and is in the index half an hour later, is sent', async () => {
    const file = hidden();
    await runsFor(40 * minute);
    file.show();
    await runsFor(30 * minute);
    expect(world.kombo.posts).toHaveLength(1);
  });

  test('a file that the index shows soon is sent in the next run, for twenty minutes after the touch', async () => {
    const file = hidden();
    await runsFor(20 * minute);
    file.show();
    await world.runAll();
    expect(world.kombo.posts).toHaveLength(1);
  });

  test('a function that stopped between the touch and the record leaves a lane that leaves the directory after an hour', async () => {
    hidden();
    await runsFor(hour);
    expect(world.table.items.get(`lane#${integrationId}`)).toHaveProperty('workShard');
    await world.runAll();
    const item = world.table.items.get(`lane#${integrationId}`);
    expect(item).toBeDefined();
    expect(item).not.toHaveProperty('workShard');
  });

  test('a waiting file keeps its lane in the directory however late it is due', async () => {
    world.addWaiting('GRK1', { dueAt: nine + 6 * hour });
    await runsFor(6 * hour);
    expect(world.kombo.posts).toEqual([]);
    await runsFor(5 * minute);
    expect(world.kombo.posts).toHaveLength(1);
  });

  test('a waiting file keeps its lane in the directory while an operator has paused it, and is sent after that', async () => {
    world.addWaiting('GRK1');
    world.setLane({ pause: { code: 'INTEGRATION_PAUSED', by: 'operator', reason: 'x', since: nine } });
    await runsFor(6 * hour);
    world.setLane({ pause: undefined, nextAt: world.clock.now() });
    await runsFor(5 * minute);
    expect(world.kombo.posts).toHaveLength(1);
  });

  test('a file that waits again for its next attempt is found again, although its lane was read before', async () => {
    world.addWaiting('GRK1');
    world.kombo.script.push(() => refuses('PLATFORM.RATE_LIMIT_EXCEEDED', { retryAfterMs: 50 * minute }));
    await runsFor(70 * minute);
    expect(world.kombo.posts).toHaveLength(2);
    expect(world.kombo.standing).toHaveLength(1);
  });

  test('a file whose look came hours after it entered, and which the index no longer shows, is looked at again', async () => {
    const upload = world.addWaiting('GRK1', { state: { ...states.unknown, dueAt: nine + 3 * hour } });
    await runsFor(3 * hour);
    const failure = { code: 'KOMBO_UNAVAILABLE', detail: 'Kombo answered HTTP 503.' } as const;
    world.kombo.listing = () => ({ ok: false, failure, concurrency: {} });
    await runsFor(5 * minute);
    expect(world.kombo.listings).toHaveLength(1);
    const item = world.table.items.get(uploadId(upload)) as Item;
    world.table.items.delete(item.pk);
    await runsFor(15 * minute);
    world.table.items.set(item.pk, item);
    await runsFor(15 * minute);
    expect(world.kombo.listings.length).toBeGreaterThan(1);
  });

  test('a file that enters a lane which had left the directory brings the lane back', async () => {
    world.addWaiting('GRK1');
    await runsFor(2 * hour);
    world.clock.advance(day);
    await world.send('GRK2', () => refuses('REMOTE.RATE_LIMIT_EXCEEDED'));
    await runsFor(10 * minute);
    expect(world.kombo.standing).toHaveLength(2);
  });
});

describe('the lane is touched before the record is written', () => {
  /** The order of the writes; a record of the ledger is called `record`. */
  const writes = (): string[] => {
    const order: string[] = [];
    const { set } = world.table.items;
    world.table.items.set = function (pk, item) {
      order.push(pk.startsWith('lane#') ? 'lane' : (item.status ?? ''));
      return set.call(this, pk, item);
    };
    return order;
  };

  test('the lane is touched before the record of a file that waits after its attempt', async () => {
    const order = writes();
    await world.send('GRK1', () => refuses('PLATFORM.RATE_LIMIT_EXCEEDED'));
    expect(order).toEqual(['sending', 'lane', 'waiting']);
  });

  test('the lane is touched before the record of a file whose answer was lost', async () => {
    const order = writes();
    await world.send('GRK1', () => refuses('ANSWER_LOST'));
    expect(order).toEqual(['sending', 'lane', 'unknown']);
  });

  test('the lane is touched before the record of a file that meets a pause, which is its only write', async () => {
    world.setLane({ pause: { code: 'INTEGRATION_PAUSED', by: 'operator', reason: 'x', since: nine } });
    const order = writes();
    await world.send('GRK1');
    expect(order).toEqual(['lane', 'waiting']);
  });

  test('the lane is touched before the record of a lease that ended', async () => {
    const upload = world.addWaiting('GRK1', { state: { ...states.sending, leaseUntil: nine - second } });
    world.table.items.delete(`lane#${integrationId}`);
    const order = writes();
    const options = { deadline: world.deadline(), parallelism: 4, worstCaseMs: minute };
    expect(await world.run(expireLeases(options, world.newCourier()))).toEqual({ expired: 1, unreadable: 0 });
    expect(order).toEqual(['lane', 'unknown']);
    expect(await world.statusOf(upload)).toBe('unknown');
  });

  test('no record is written before the touch of its lane succeeds', async () => {
    const upload = world.put(keyOf('GRK1'));
    const courier = world.newCourier();
    const target = { kind: 'candidate', id: 'GRK1', integrationId } as const;
    const claim = await courier.ledger.claim({ kind: 'claim', upload, target, owner: 'A', leaseUntil: nine + minute });
    if (!claim.written) throw new Error('not claimed');
    world.table.fail('put', 2);
    const order = writes();
    const failure = { code: 'STORAGE_UNAVAILABLE', detail: 'S3 answered SlowDown (HTTP 503).' } as const;
    await world.run(settle(claim.record, 'A', { ending: failWith(failure) }, courier));
    expect(order).toEqual(['lane', 'waiting']);
  });
});
