import { expect, test } from 'vitest';
import { deliver } from '../../../lib/delivery/deliver.ts';
import { lanesOn } from '../../../lib/lane/lane-store.ts';
import { forget } from '../../../lib/operator/forget.ts';
import { fail } from '../../../lib/result.ts';
import { workLanes } from '../../../lib/runs/work-lanes.ts';
import { type Upload, uploadId } from '../../../lib/upload/upload.ts';
import { integrationId, minute } from '../../fakes/ledger-samples.ts';
import { refuses } from '../../fakes/scripted-kombo.ts';
import { deliveryWorld } from '../../worlds/delivery-world.ts';
import { laneWorld } from '../../worlds/lane-world.ts';
import { sweepWorld } from '../../worlds/sweep-world.ts';

const key = 'candidates/GRK1/Frank Doe.pdf';

const worldOf = () => {
  const world = deliveryWorld();
  const warm = world.newCourier();
  const find = async () => fail('OBJECT_DELETED', 'S3 answered NotFound (HTTP 404).');
  const courier = { ...warm, storage: { ...warm.storage, find } };
  return {
    ...world,
    courier,
    delivered: async (): Promise<Upload> => {
      const upload = world.put(key);
      await world.run(deliver(upload, { deadline: world.deadline() }, courier));
      return upload;
    },
    everything: () => JSON.stringify([...world.table.items.values()]),
  };
};

test('an erased upload leaves its key nowhere in the table, not even as a sample of its tool', async () => {
  const world = worldOf();
  const upload = await world.delivered();
  expect(world.table.items.get(`lane#${integrationId}`)?.document).toContain('Frank Doe');
  const record = await world.recordOf(upload);
  const records = [{ id: uploadId(upload), readable: true, record } as const];
  expect(await forget(records, new AbortController().signal, world.courier)).toEqual({
    erased: [uploadId(upload)],
    kept: [],
  });
  expect(world.everything()).not.toContain('Frank');
});

test('an erased person leaves no lesson with their id', async () => {
  const world = worldOf();
  const upload = await world.delivered();
  world.clock.advance(15 * minute);
  const deadline = world.deadline();
  await world.run(workLanes({ deadline, parallelism: 4, worstCaseMs: minute }, world.courier));
  expect(world.table.items.get(`lane#${integrationId}`)?.document).toContain('GRK1');
  const records = [{ id: uploadId(upload), readable: true, record: await world.recordOf(upload) } as const];
  await forget(records, new AbortController().signal, world.courier);
  expect(world.everything()).not.toContain('GRK1');
});

test('a record stays when its sample cannot be removed, so that erasing can be repeated', async () => {
  const world = worldOf();
  const upload = await world.delivered();
  const record = await world.recordOf(upload);
  world.table.fail('put', 1);
  const records = [{ id: uploadId(upload), readable: true, record } as const];
  await expect(forget(records, new AbortController().signal, world.courier)).rejects.toThrow('does not answer');
  expect(world.table.items.has(uploadId(upload))).toBe(true);
});

const gone = async () => fail('OBJECT_DELETED', 'S3 answered NotFound (HTTP 404).');

test('an erased upload that was the probe of a pause leaves its key nowhere in the table', async () => {
  const world = laneWorld();
  const cause = () => refuses('INTEGRATION.PERMISSION_MISSING');
  const upload = await world.send('PetraProbemann', cause);
  world.kombo.script.push(cause);
  world.clock.advance(5 * minute);
  expect((await world.recover()).outcomes).toMatchObject([{ status: 'waiting' }]);
  expect(world.lane().pause?.end?.probes).toBe(1);
  const courier = world.newCourier();
  const records = [{ id: uploadId(upload), readable: true, record: await world.recordOf(upload) } as const];
  const { erased } = await forget(records, new AbortController().signal, {
    ...courier,
    storage: { ...courier.storage, find: gone },
  });
  expect(erased).toHaveLength(1);
  expect(JSON.stringify([...world.table.items.values()])).not.toContain('Petra');
});

test('an erased upload at which a sweep stopped leaves its key nowhere in the table, and the sweep goes on', async () => {
  const its = sweepWorld();
  for (const name of ['PetraProbemann', 'Quirin']) its.add(name);
  its.lists.pageSize = 1;
  its.lists.takesMs = 40_000;
  expect(await its.run()).toMatchObject({ found: 1, pass: 'in progress' });
  expect(its.item().pass?.afterKey).toContain('Petra');
  const [object] = its.objects.splice(0, 1);
  const courier = its.newCourier();
  const id = `cv-inbox/${object?.key}#${object?.etag}`;
  const known = await courier.ledger.read(id);
  if (!known) throw new Error('The sweep wrote no record.');
  const { erased } = await forget([known], new AbortController().signal, {
    ...courier,
    storage: { ...courier.storage, find: gone },
  });
  expect(erased).toEqual([id]);
  expect(JSON.stringify([...its.world.table.items.values()])).not.toContain('Petra');
  its.lists.takesMs = 0;
  expect(await its.run()).toMatchObject({ found: 1, pass: 'finished' });
});

test('a record stays when the lane that names it cannot be changed for other writers', async () => {
  const world = worldOf();
  const upload = await world.delivered();
  const { table } = world.courier;
  const put: typeof table.put = async () => ({ written: false });
  const courier = { ...world.courier, lanes: lanesOn({ ...table, put }, world.clock) };
  const records = [{ id: uploadId(upload), readable: true, record: await world.recordOf(upload) } as const];
  await expect(forget(records, new AbortController().signal, courier)).rejects.toThrow('Too many conflicting writes');
  expect(world.table.items.has(uploadId(upload))).toBe(true);
});
