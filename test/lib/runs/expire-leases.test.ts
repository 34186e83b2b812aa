import { beforeEach, expect, test } from 'vitest';
import { deliver } from '../../../lib/delivery/deliver.ts';
import { expireLeases } from '../../../lib/runs/expire-leases.ts';
import { uploadId } from '../../../lib/upload/upload.ts';
import { integrationId, minute, nine, second, states } from '../../fakes/ledger-samples.ts';
import { byOperator } from '../../fakes/pause-samples.ts';
import { takes } from '../../fakes/scripted-kombo.ts';
import { keyOf, type LaneWorld, laneWorld } from '../../worlds/lane-world.ts';

let world: LaneWorld;
beforeEach(() => {
  world = laneWorld();
});

const expire = (durationMs = 5 * minute) =>
  world.run(
    expireLeases({ deadline: world.deadline(durationMs), parallelism: 4, worstCaseMs: minute }, world.newCourier()),
  );
const sendingUntil = (name: string, leaseUntil: number) =>
  world.addWaiting(name, { state: { ...states.sending, leaseUntil } });

test('a file whose function stopped becomes unknown, is read back by its lane, and is never posted a second time', async () => {
  const upload = world.put(keyOf('GRK1'));
  world.kombo.script.push(() => {
    world.table.fail('put', 99);
    return takes();
  });
  await expect(world.run(deliver(upload, { deadline: world.deadline() }, world.newCourier()))).rejects.toThrow();
  world.table.fail('put', 0);
  world.clock.advance(7 * minute);
  expect(await expire()).toEqual({ expired: 1, unreadable: 0 });
  expect((await world.recordOf(upload)).state).toMatchObject({ status: 'unknown', failure: { code: 'LEASE_EXPIRED' } });
  world.clock.advance(minute);
  await world.work();
  expect(await world.statusOf(upload)).toBe('attached');
  expect(world.kombo.posts).toHaveLength(1);
});

test('a lease that has not ended is not changed', async () => {
  const upload = sendingUntil('GRK1', nine + second);
  expect(await expire()).toEqual({ expired: 0, unreadable: 0 });
  expect(await world.statusOf(upload)).toBe('sending');
});

test('a lease ends even while its lane or the account is paused', async () => {
  const upload = sendingUntil('GRK1', nine);
  world.setLane({ pause: byOperator });
  world.setLane({ pause: byOperator }, '*');
  expect(await expire()).toMatchObject({ expired: 1 });
  expect(await world.statusOf(upload)).toBe('unknown');
});

test('ending a lease costs one write per file, besides the touch of its lane', async () => {
  for (let number = 0; number < 5; number += 1) sendingUntil(`GRK${number}`, nine);
  world.table.items.delete(`lane#${integrationId}`);
  world.table.calls.length = 0;
  await expire();
  // Leases that end together touch the lane together, and all but one of these writes are refused.
  expect(world.lane().version).toBe(1);
  expect(world.table.calls.filter((call) => call === 'put').length).toBeLessThanOrEqual(5 + 4);
});

test('two overlapping runs end a lease once', async () => {
  const upload = sendingUntil('GRK1', nine);
  const reports = await Promise.all([expire(), expire()]);
  expect(reports.map(({ expired }) => expired).sort()).toEqual([0, 1]);
  expect(await world.recordOf(upload)).toMatchObject({ unknownAttempts: 1 });
});

test('unreadable records among the leases are counted and logged without a name, and hide no other', async () => {
  for (let number = 0; number < 120; number += 1) world.damage(sendingUntil(`BAD${number}`, nine - minute));
  const upload = sendingUntil('GRK1', nine);
  expect(await expire()).toEqual({ expired: 1, unreadable: 120 });
  expect(await world.statusOf(upload)).toBe('unknown');
  expect(world.logged[0]).toEqual({
    message: expect.stringMatching(/^A ledger record cannot be read/),
    bucket: 'cv-inbox',
    key: expect.stringMatching(/•••/),
    etag: expect.stringMatching(/^etag-BAD/),
    detail: expect.stringContaining('look at "layout"'),
  });
  expect(JSON.stringify(world.logged)).not.toContain('Frank');
});

test('a file whose key matches no template, and whose function stopped, is rejected', async () => {
  const upload = sendingUntil('GRK1', nine);
  const { target: _, ...withoutTarget } = await world.recordOf(upload);
  const item = world.table.items.get(uploadId(upload));
  if (!item) throw new Error('There is no record.');
  const { targetKey: __, integrationId: ___, ...bare } = item;
  world.table.items.set(item.pk, bare);
  expect((await world.recordOf(upload)).target).toBeUndefined();
  expect(withoutTarget).toBeDefined();
  await expire();
  expect((await world.recordOf(upload)).state).toMatchObject({
    status: 'rejected',
    failure: { code: 'KEY_NOT_MATCHED' },
  });
});

test('no lease is ended when time is short, and the next run ends it', async () => {
  const upload = sendingUntil('GRK1', nine);
  expect(await expire(30 * second)).toMatchObject({ expired: 0 });
  expect(await expire()).toMatchObject({ expired: 1 });
  expect(await world.statusOf(upload)).toBe('unknown');
});
