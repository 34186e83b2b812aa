import { expect, test } from 'vitest';
import type { Courier } from '../../../lib/courier.ts';
import { deliver } from '../../../lib/delivery/deliver.ts';
import { newLane } from '../../../lib/lane/lane.ts';
import { toLaneItem } from '../../../lib/lane/lane-item.ts';
import { readBack } from '../../../lib/read-back/read-back.ts';
import { integrationId, minute, nine } from '../../fakes/ledger-samples.ts';
import { losesFile } from '../../fakes/scripted-kombo.ts';
import { deliveryWorld } from '../../worlds/delivery-world.ts';

/** A file whose POST was lost, at a tool with known behaviour. */
const lostFile = async () => {
  const world = deliveryWorld();
  const lessons = ['A', 'B'].map((targetId) => ({ targetId, sizeBytes: 10_000, at: nine, lagMs: 0 }));
  const group = { kind: 'candidate', contentType: 'application/pdf', samples: [], lessons, missed: 0, nextSampleAt: 0 };
  const lane = toLaneItem({ ...newLane(integrationId), tool: [{ ...group, kind: 'candidate' }], version: 1 });
  world.table.items.set(lane.pk, lane);
  const courier = world.newCourier({ readBackAfterMs: minute, readBackAgainMs: 15 * minute });
  const upload = world.put('candidates/GRK1/cv.pdf');
  world.kombo.script.push(losesFile);
  await world.run(deliver(upload, { deadline: world.deadline() }, courier));
  const look = async (by: Courier = courier) => world.run(readBack(await world.recordOf(upload), world.deadline(), by));
  return { ...world, courier, upload, look };
};

test('a target that was listed before the 15 minutes frees no file, although the comparison takes longer', async () => {
  const { courier, clock, kombo, look, recordOf, upload } = await lostFile();
  clock.advance(minute);
  await look();
  expect((await recordOf(upload)).state).toMatchObject({ status: 'unknown', absentLooks: 1 });

  clock.advance(13 * minute);
  kombo.listing = () => ({
    ok: true,
    value: { files: [{ link: 'https://files.example/1' }], more: false },
    concurrency: {},
  });
  const slowHost: Courier = {
    ...courier,
    links: {
      open: (url, signal) =>
        new Promise((resolve) => clock.after(59_000, () => resolve(kombo.links.open(url, signal)))),
    },
  };
  kombo.linked.set('https://files.example/1', () => ({
    ok: true,
    value: {
      status: 200,
      headers: { 'content-length': '1' },
      chunks: (async function* () {})(),
      close: () => undefined,
    },
  }));
  clock.advance(30_000);
  await look(slowHost);
  expect(clock.now()).toBeGreaterThan(nine + 15 * minute);
  expect((await recordOf(upload)).state).toMatchObject({ status: 'unknown', absentLooks: 2 });
  await look();
  expect((await recordOf(upload)).state).toMatchObject({ status: 'waiting' });
});
