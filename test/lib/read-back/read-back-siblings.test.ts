import { beforeEach, expect, test } from 'vitest';
import type { Courier } from '../../../lib/courier.ts';
import { deliver } from '../../../lib/delivery/deliver.ts';
import type { Outcome } from '../../../lib/outcome.ts';
import { readBack } from '../../../lib/read-back/read-back.ts';
import { type Upload, uploadId } from '../../../lib/upload/upload.ts';
import { minute, second } from '../../fakes/ledger-samples.ts';
import { losesFile, refuses } from '../../fakes/scripted-kombo.ts';
import { type DeliveryWorld, deliveryWorld } from '../../worlds/delivery-world.ts';

/** Files that others bring to the same target must not vouch for one that never arrived. */
let world: DeliveryWorld;
let deps: Courier;
let lost: Upload;
const key = 'candidates/GRK123/Frank Doe CV.pdf';

beforeEach(async () => {
  world = deliveryWorld();
  deps = world.newCourier();
  lost = world.put(key);
  world.kombo.script.push(losesFile);
  await send(lost);
  world.clock.advance(minute);
});

const send = (upload: Upload): Promise<Outcome> => deliver(upload, { deadline: world.deadline() }, deps);
const read = async (): Promise<Outcome> =>
  world.run(readBack(await world.recordOf(lost), world.deadline(), world.newCourier()));

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
  expect((await world.recordOf(lost)).state).toMatchObject({ absentListings: 1 });
});

test('a sibling that was attached in the very moment of the listing is asked for again, not left to an operator', async () => {
  await send(world.put(key, { etag: 'newer' }));
  expect(await read()).toMatchObject({ status: 'unknown' });
  expect((await world.recordOf(lost)).state).toMatchObject({ failedReadings: 1, absentListings: 0 });
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
      expect((await world.recordOf(lost)).state).toMatchObject({ failedReadings: 1, absentListings: 0 });
      settled = true;
    }
    return put(item, condition);
  };
  await delivery;
  expect(settled).toBe(true);
  world.clock.advance(minute);
  expect(await read()).toMatchObject({ status: 'unknown' });
  expect((await world.recordOf(lost)).state).toMatchObject({ failedReadings: 1, absentListings: 1 });
});

/** Reads the lost one at the moment when the other's file is at Kombo, and the ledger does not know it yet. */
const readBefore = async (other: Upload, its = world.newCourier()): Promise<Outcome | undefined> => {
  const { put } = world.table;
  let outcome: Outcome | undefined;
  world.table.put = async (item, condition) => {
    if (item.pk === uploadId(other) && item.status === 'attached') {
      world.table.put = put;
      outcome = await world.run(readBack(await world.recordOf(lost), world.deadline(), its));
    }
    return put(item, condition);
  };
  await deliver(other, { deadline: world.deadline() }, its);
  return outcome;
};

test('a sibling that was refused under another name before may go under ours now', async () => {
  const other = 'candidates/GRK123/upload-7.pdf';
  world.kombo.script.push(() => refuses('REMOTE.INPUT_INVALID'));
  await send({ ...world.put(other, { etag: 'other' }), versionId: 'version-1' });
  const renamed = world.put(other, { etag: 'other', metadata: { filename: 'Frank Doe CV.pdf' } });
  expect(await readBefore({ ...renamed, versionId: 'version-2' })).toMatchObject({ status: 'unknown' });
});

test('the same bytes under another key bear the same token, and account for one file', async () => {
  const withToken = world.newCourier({ nameToken: true });
  const copy = world.put('candidates/GRK123/copy.pdf', { etag: lost.etag });
  expect(await readBefore(copy, withToken)).toMatchObject({ status: 'unknown' });
});

test('a sibling whose record cannot be read may have brought the file: an operator looks', async () => {
  const newer = world.put(key, { etag: 'newer' });
  await send(newer);
  const item = world.table.items.get(uploadId(newer));
  if (item) world.table.items.set(item.pk, { ...item, document: '{"layout":99}' });
  world.clock.advance(minute);
  expect(await read()).toMatchObject({ status: 'held', failure: { code: 'OUTCOME_UNKNOWN' } });
});

test('a sibling that an operator had sent again may stand there twice', async () => {
  const newer = world.put(key, { etag: 'newer' });
  await send(newer);
  const asked = await deps.ledger.apply(await world.recordOf(newer), { kind: 'resend', reason: 'It was deleted.' });
  if (asked === 'conflict') throw new Error('The resend was refused.');
  world.clock.advance(minute);
  expect((await world.recordOf(lost)).state).toMatchObject({ status: 'unknown' });
  await deliver(newer, { deadline: world.deadline(), seen: asked.record }, deps);
  world.clock.advance(minute);
  expect(await read()).toMatchObject({ status: 'held', failure: { code: 'OUTCOME_UNKNOWN' } });
});
