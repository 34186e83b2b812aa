import { expect, test } from 'vitest';
import type { Courier } from '../../../lib/courier.ts';
import { deliver } from '../../../lib/delivery/deliver.ts';
import { lanesOn } from '../../../lib/lane/lane-store.ts';
import { forget } from '../../../lib/operator/forget.ts';
import { fail } from '../../../lib/result.ts';
import { workLanes } from '../../../lib/runs/work-lanes.ts';
import { type Upload, uploadId } from '../../../lib/upload/upload.ts';
import { integrationId, minute } from '../../fakes/ledger-samples.ts';
import { refuses } from '../../fakes/scripted-kombo.ts';
import { type DeliveryWorld, deliveryWorld } from '../../worlds/delivery-world.ts';
import { laneWorld } from '../../worlds/lane-world.ts';
import { sweepWorld } from '../../worlds/sweep-world.ts';

const key = 'candidates/GRK1/Frank Doe.pdf';

/** Forgets the record of this upload, whose object is gone. */
const erase = async (upload: Upload, world: DeliveryWorld, courier: Courier = world.newCourier()) => {
  const find = async () => fail('OBJECT_DELETED', 'S3 answered NotFound (HTTP 404).');
  const records = [{ id: uploadId(upload), readable: true, record: await world.recordOf(upload) } as const];
  return forget(records, new AbortController().signal, { ...courier, storage: { ...courier.storage, find } });
};
const everythingIn = ({ table }: DeliveryWorld): string => JSON.stringify([...table.items.values()]);
const deliveredIn = async (world: DeliveryWorld): Promise<Upload> => {
  const upload = world.put(key);
  await world.run(deliver(upload, { deadline: world.deadline() }, world.newCourier()));
  return upload;
};

test('an erased upload leaves its key nowhere in the table, not even as a sample of its tool', async () => {
  const world = deliveryWorld();
  const upload = await deliveredIn(world);
  expect(world.table.items.get(`lane#${integrationId}`)?.document).toContain('Frank Doe');
  expect(await erase(upload, world)).toEqual({ erased: [uploadId(upload)], kept: [] });
  expect(everythingIn(world)).not.toContain('Frank');
});

test('an erased person leaves no lesson with their id', async () => {
  const world = deliveryWorld();
  const upload = await deliveredIn(world);
  world.clock.advance(15 * minute);
  const deadline = world.deadline();
  await world.run(workLanes({ deadline, parallelism: 4, worstCaseMs: minute }, world.newCourier()));
  expect(world.table.items.get(`lane#${integrationId}`)?.document).toContain('GRK1');
  await erase(upload, world);
  expect(everythingIn(world)).not.toContain('GRK1');
});

test('a record stays when its sample cannot be removed, so that erasing can be repeated', async () => {
  const world = deliveryWorld();
  const upload = await deliveredIn(world);
  world.table.fail('put', 1);
  await expect(erase(upload, world)).rejects.toThrow('does not answer');
  expect(world.table.items.has(uploadId(upload))).toBe(true);
});

test('an erased upload that was the probe of a pause leaves its key nowhere in the table', async () => {
  const world = laneWorld();
  const cause = () => refuses('INTEGRATION.PERMISSION_MISSING');
  const upload = await world.send('PetraProbemann', cause);
  world.kombo.script.push(cause);
  world.clock.advance(5 * minute);
  expect((await world.recover()).outcomes).toMatchObject([{ status: 'waiting' }]);
  expect(world.lane().pause?.end?.probes).toBe(1);
  const { erased } = await erase(upload, world);
  expect(erased).toHaveLength(1);
  expect(everythingIn(world)).not.toContain('Petra');
});

test('an erased upload at which a sweep stopped leaves its key nowhere in the table, and the sweep goes on', async () => {
  const its = sweepWorld();
  for (const name of ['PetraProbemann', 'Quirin']) its.add(name);
  its.lists.pageSize = 1;
  its.lists.takesMs = 40_000;
  expect(await its.run()).toMatchObject({ found: 1, pass: 'in progress' });
  expect(its.item().pass?.afterKey).toContain('Petra');
  const [object] = its.objects.splice(0, 1);
  const upload = { bucket: 'cv-inbox', key: object?.key ?? '', etag: object?.etag ?? '' };
  expect((await erase(upload, its.world, its.newCourier())).erased).toEqual([uploadId(upload)]);
  expect(everythingIn(its.world)).not.toContain('Petra');
  its.lists.takesMs = 0;
  expect(await its.run()).toMatchObject({ found: 1, pass: 'finished' });
});

test('a record stays when the lane that names it cannot be changed for other writers', async () => {
  const world = deliveryWorld();
  const upload = await deliveredIn(world);
  const courier = world.newCourier();
  const put: typeof courier.table.put = async () => ({ written: false });
  const busy = { ...courier, lanes: lanesOn({ ...courier.table, put }, world.clock) };
  await expect(erase(upload, world, busy)).rejects.toThrow('Too many conflicting writes');
  expect(world.table.items.has(uploadId(upload))).toBe(true);
});
