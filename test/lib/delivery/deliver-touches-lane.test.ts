import { beforeEach, describe, expect, test } from 'vitest';
import type { Courier } from '../../../lib/courier.ts';
import { deliver } from '../../../lib/delivery/deliver.ts';
import { accountLane, paused } from '../../../lib/lane/lane.ts';
import { laneKey } from '../../../lib/lane/lane-item.ts';
import type { Outcome } from '../../../lib/outcome.ts';
import { type Upload, uploadId } from '../../../lib/upload/upload.ts';
import { integrationId, minute, nine } from '../../fakes/ledger-samples.ts';
import { byOperator } from '../../fakes/pause-samples.ts';
import { refuses, takes } from '../../fakes/scripted-kombo.ts';
import { type DeliveryWorld, deliveryWorld } from '../../worlds/delivery-world.ts';

let world: DeliveryWorld;
let courier: Courier;
beforeEach(() => {
  world = deliveryWorld();
  courier = world.newCourier();
});

const key = 'candidates/GRK123/Frank Doe CV.pdf';

const send = (upload: Upload): Promise<Outcome> => deliver(upload, { deadline: world.deadline() }, courier);

describe('a lane is touched before a file enters it, so that a crash leaves no file in a lane that no run reads', () => {
  let writes: string[];
  beforeEach(() => {
    writes = [];
    const { put } = world.table;
    world.table.put = (item, condition) => {
      writes.push(item.pk);
      return put(item, condition);
    };
  });
  const lane = laneKey(integrationId);

  test('the lane is touched when an upload meets its pause', async () => {
    await courier.lanes.change(integrationId, (its) => paused(its, byOperator));
    writes.length = 0;
    const upload = world.put(key);
    await send(upload);
    expect(writes).toEqual([lane, uploadId(upload)]);
  });

  test.each([
    // Answers that are not noted in this lane, so the touch is the only write there.
    ['waiting', 'KOMBO_RATE_LIMITED', []],
    ['unknown', 'KOMBO_UNAVAILABLE', [laneKey(accountLane)]],
  ] as const)('the lane is touched when an attempt ends as %s', async (_, code, noted) => {
    const upload = world.put(key);
    world.kombo.script.push(() => refuses(code));
    await send(upload);
    expect(writes).toEqual([uploadId(upload), ...noted, lane, uploadId(upload)]);
  });

  test('the lane is touched when a lease has ended', async () => {
    const upload = world.put(key);
    const claim = { kind: 'claim', upload, owner: 'owner-A', leaseUntil: nine, attachmentType: 'CV' } as const;
    await courier.ledger.claim({ ...claim, target: { kind: 'candidate', id: 'GRK123', integrationId } });
    writes.length = 0;
    expect(await send(upload)).toMatchObject({ status: 'unknown' });
    // The refused claim, the touch, and the end of the lease.
    expect(writes).toEqual([uploadId(upload), lane, uploadId(upload)]);
  });

  test('no lane is touched when the lease of a file without a target has ended', async () => {
    const upload = world.put('elsewhere/CV.pdf');
    await courier.ledger.claim({ kind: 'claim', upload, owner: 'owner-A', leaseUntil: nine });
    expect(await send(upload)).toMatchObject({ status: 'rejected', failure: { code: 'KEY_NOT_MATCHED' } });
    expect(writes).not.toContain(lane);
  });

  test('a duplicate event of a file that is being sent does not touch the lane, because it enters none', async () => {
    const upload = world.put(key);
    world.kombo.script.push(async () => {
      expect(await send(upload)).toMatchObject({ status: 'unchanged', as: 'sending' });
      return takes();
    });
    await send(upload);
    // The claim, the refused claim of the duplicate, and the settlement; then the sample is noted.
    expect(writes).toEqual([uploadId(upload), uploadId(upload), uploadId(upload), lane]);
  });

  test('the lane is not touched when its last touch is less than ten minutes old', async () => {
    // This answer says nothing about the lane, so the touch is the only write there.
    const fails = async (name: string) => {
      world.kombo.script.push(() => refuses('KOMBO_RATE_LIMITED'));
      await send(world.put(`candidates/GRK123/${name}`));
      return writes.filter((pk) => pk === lane).length;
    };
    expect(await fails('1.pdf')).toBe(1);
    world.clock.advance(10 * minute);
    expect(await fails('2.pdf')).toBe(1);
    world.clock.advance(1);
    expect(await fails('3.pdf')).toBe(2);
  });

  test('a file whose lane cannot be touched does not enter it: its lease ends instead', async () => {
    const upload = world.put(key);
    world.kombo.script.push(() => {
      world.table.fail('put', 4);
      return refuses('KOMBO_RATE_LIMITED');
    });
    await expect(world.run(send(upload))).rejects.toThrow('The table does not answer.');
    expect((await world.recordOf(upload)).state.status).toBe('sending');
  });
});
