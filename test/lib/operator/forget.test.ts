import { expect, test } from 'vitest';
import { deliver } from '../../../lib/delivery/deliver.ts';
import { forget } from '../../../lib/operator/forget.ts';
import { fail } from '../../../lib/result.ts';
import { workLanes } from '../../../lib/runs/work-lanes.ts';
import { type Upload, uploadId } from '../../../lib/upload/upload.ts';
import { integrationId, minute } from '../../fakes/ledger-samples.ts';
import { deliveryWorld } from '../../worlds/delivery-world.ts';

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
