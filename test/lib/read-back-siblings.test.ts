import { beforeEach, expect, test } from 'vitest';
import { deliver } from '../../lib/deliver.ts';
import type { Outcome } from '../../lib/outcome.ts';
import { readBack } from '../../lib/read-back.ts';
import type { ReprocessDeps } from '../../lib/reprocess.ts';
import { type Upload, uploadId } from '../../lib/upload.ts';
import { type DeliveryWorld, deliveryWorld } from './delivery-world.ts';
import { minute, second } from './ledger/samples.ts';
import { losesFile } from './scripted-kombo.ts';

/** Files that others bring to the same target must not vouch for one that never arrived. */
let world: DeliveryWorld;
let deps: ReprocessDeps;
let lost: Upload;
const key = 'candidates/GRK123/Frank Doe CV.pdf';

beforeEach(async () => {
  world = deliveryWorld();
  deps = world.newDeps();
  lost = world.put(key);
  world.kombo.script.push(losesFile);
  await send(lost);
  world.clock.advance(minute);
});

const send = (upload: Upload): Promise<Outcome> => deliver(upload, { deadline: world.deadline() }, deps);
const read = async (): Promise<Outcome> =>
  world.run(readBack(await world.recordOf(lost), world.deadline(), world.newDeps()));

test('a sibling that the index by target does not show yet has its file all the same', async () => {
  const newer = world.put(key, { etag: 'newer' });
  await send(newer);
  const { query } = deps.table;
  const shownFrom = world.clock.now() + 3 * second;
  deps.table.query = async (asked) => {
    const page = await query(asked);
    if (asked.index !== 'target' || world.clock.now() >= shownFrom) return page;
    return { ...page, items: page.items.filter(({ pk }) => pk !== uploadId(newer)) };
  };
  world.clock.advance(1);
  expect(await read()).toMatchObject({ status: 'unknown' });
  expect((await world.recordOf(lost)).state).toMatchObject({ misses: 1 });
});

test('a sibling that was attached in the very moment of the listing is asked for again, not left to a person', async () => {
  await send(world.put(key, { etag: 'newer' }));
  expect(await read()).toMatchObject({ status: 'unknown' });
  expect((await world.recordOf(lost)).state).toMatchObject({ failedReadings: 1, misses: 0 });
});

test('nobody waits for the index when the listed file is older than it can be behind', async () => {
  world.kombo.listing = () => ({
    ok: true,
    value: [{ name: 'Frank Doe CV.pdf', type: 'CV', createdAt: world.clock.now() - 3 * minute }],
    concurrency: {},
  });
  world.clock.advance(3 * minute);
  const before = world.clock.now();
  expect(await read()).toMatchObject({ status: 'attached' });
  expect(world.clock.now() - before).toBeLessThan(second);
});

test('a sibling under way may go under any name, so the reading is repeated when it has settled', async () => {
  // Its metadata gives it the same name; nobody has noted that yet.
  const other = world.put('candidates/GRK123/upload-7.pdf', { metadata: { filename: 'Frank Doe CV.pdf' } });
  const delivery = send(other);
  let settled = false;
  const { put } = deps.table;
  deps.table.put = async (item, condition) => {
    if (item.pk === uploadId(other) && item.status === 'attached' && !settled) {
      // Kombo has the file; the ledger does not know it yet.
      expect(await read()).toMatchObject({ status: 'unknown' });
      expect((await world.recordOf(lost)).state).toMatchObject({ failedReadings: 1, misses: 0 });
      settled = true;
    }
    return put(item, condition);
  };
  await delivery;
  expect(settled).toBe(true);
  world.clock.advance(minute);
  expect(await read()).toMatchObject({ status: 'unknown' });
  expect((await world.recordOf(lost)).state).toMatchObject({ failedReadings: 1, misses: 1 });
});
