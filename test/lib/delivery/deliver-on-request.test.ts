import { beforeEach, describe, expect, test } from 'vitest';
import type { Settings } from '../../../lib/config/config.ts';
import { deliver } from '../../../lib/delivery/deliver.ts';
import { deliverOnRequest, type RequestOptions } from '../../../lib/delivery/deliver-on-request.ts';
import type { LedgerRecord, State } from '../../../lib/ledger/record.ts';
import { toItem } from '../../../lib/ledger/record-item.ts';
import type { Outcome } from '../../../lib/outcome.ts';
import { type Upload, uploadId } from '../../../lib/upload/upload.ts';
import { integrationId, nine, recordIn, states } from '../../fakes/ledger-samples.ts';
import { type DeliveryWorld, deliveryWorld } from '../../worlds/delivery-world.ts';

let world: DeliveryWorld;
beforeEach(() => {
  world = deliveryWorld();
});

const key = 'candidates/GRK123/Frank Doe CV.pdf';
const ask = (
  upload: Upload,
  options: Partial<RequestOptions> = {},
  settings: Partial<Settings> = {},
): Promise<Outcome> =>
  world.run(deliverOnRequest(upload, { deadline: world.deadline(), ...options }, world.newCourier(settings)));
const known = (upload: Upload, state: State, change: Partial<LedgerRecord> = {}): void => {
  world.table.items.set(uploadId(upload), toItem(recordIn(state, { upload, ...change }), 400));
};

test('a folder marker is not an upload', async () => {
  const marker = world.put('candidates/GRK123/', { bytes: new Uint8Array() });
  expect(await ask(marker)).toEqual({ status: 'ignored', reason: 'A folder marker is not an upload.' });
  expect(world.table.calls).toEqual([]);
});

test('a request for an attached file costs no write', async () => {
  const upload = world.put(key);
  known(upload, states.attached);
  expect(await ask(upload)).toMatchObject({ status: 'already-attached' });
  expect(world.kombo.posts).toEqual([]);
  expect(world.table.calls).not.toContain('put');
});

test('a requested file whose record cannot be read is not sent', async () => {
  const upload = world.put(key);
  known(upload, states.due);
  const item = world.table.items.get(uploadId(upload));
  if (item) world.table.items.set(uploadId(upload), { ...item, document: '{' });
  await ask(upload);
  expect(world.kombo.posts).toEqual([]);
  expect(world.table.calls).toEqual(['get']);
});

describe('a file that waits', () => {
  test('a waiting file is sent before it is due when an operator asks for it', async () => {
    const upload = world.put(key);
    known(upload, states.waiting);
    expect(await ask(upload)).toMatchObject({ status: 'attached' });
    expect(await world.recordOf(upload)).not.toHaveProperty('backfill');
  });

  test('a waiting file keeps waiting when it is requested as one of many', async () => {
    const upload = world.put(key);
    known(upload, states.waiting);
    expect(await ask(upload, { isBackfill: true })).toMatchObject({ status: 'unchanged' });
    expect(world.kombo.posts).toEqual([]);
  });
});

test('a file that is requested as one of many is recorded as backfill', async () => {
  const upload = world.put(key);
  expect(await ask(upload, { isBackfill: true })).toMatchObject({ status: 'attached' });
  expect(await world.recordOf(upload)).toMatchObject({ backfill: true });
});

test.each([
  [{ isBackfill: true }, 'waiting'],
  [{ isBackfill: true, isPaced: true }, 'attached'],
  [{}, 'attached'],
])('with the integration full a moment ago, a file requested with %j is %s', async (options, status) => {
  const courier = world.newCourier();
  const load = { ...courier.load, fullUntil: () => nine + 1_000 };
  const asked = deliverOnRequest(world.put(key), { deadline: world.deadline(), ...options }, { ...courier, load });
  expect(await world.run(asked)).toMatchObject({ status });
});

describe('with REQUIRE_SCAN', () => {
  const requireScan = { requireScan: true };

  test.each([
    ['alone', {}],
    ['as one of many', { isBackfill: true }],
  ])('with REQUIRE_SCAN a file without a verdict that is requested %s is held', async (_, options) => {
    const upload = { ...world.put(key), modifiedAt: nine };
    expect(await ask(upload, options, requireScan)).toMatchObject({
      status: 'held',
      failure: { code: 'SCAN_MISSING' },
    });
    expect(world.kombo.posts).toEqual([]);
    expect(world.observed).toMatchObject([{ measures: { totalMs: 0 } }]);
  });

  test.each<[string, State, Partial<LedgerRecord>]>([
    ['waits, because it already had its verdict', states.waiting, {}],
    ['was found clean', states.superseded, { verdict: { code: 'clean', at: nine } }],
  ])('with REQUIRE_SCAN a requested file is sent that %s', async (_, state, change) => {
    const upload = world.put(key);
    known(upload, state, change);
    expect(await ask(upload, {}, requireScan)).toMatchObject({ status: 'attached' });
  });

  test('with REQUIRE_SCAN a superseded file whose verdict is not clean is held', async () => {
    const upload = world.put(key);
    known(upload, states.superseded);
    expect(await ask(upload, {}, requireScan)).toMatchObject({ status: 'held' });
  });
});

describe('after a restore of the table', () => {
  const restored = { since: nine - 7_200_000, at: nine, reason: 'A test.' };
  const restore = () => world.newCourier().lanes.change('*', (lane) => ({ ...lane, restored }));
  const old = () => ({ ...world.put(key), modifiedAt: nine - 3_600_000 });

  test('after a restore of the table an older file is looked up, and a newer one is sent', async () => {
    await restore();
    expect(await ask(old())).toMatchObject({ status: 'unknown', failure: { code: 'RESTORED_DOUBT' } });
    expect(world.kombo.posts).toEqual([]);
    const newer = { ...world.put('candidates/GRK1/cv.pdf'), modifiedAt: nine };
    expect(await ask(newer)).toMatchObject({ status: 'attached' });
  });

  test('after a restore of the table a file whose event has no time is looked up when its record is older', async () => {
    const upload = world.put(key);
    known(upload, states.due);
    await restore();
    expect(await ask(upload)).toMatchObject({ status: 'unknown', failure: { code: 'RESTORED_DOUBT' } });
    expect(world.kombo.posts).toEqual([]);
  });

  test('after a restore of the table an older file is looked up although it probes a pause', async () => {
    await restore();
    const outcome = await deliver(old(), { deadline: world.deadline(), probes: integrationId }, world.newCourier());
    expect(outcome).toMatchObject({ status: 'unknown', failure: { code: 'RESTORED_DOUBT' } });
    expect(world.kombo.posts).toEqual([]);
  });

  test('after a restore of the table an event without a time does not hide that the record is older: the file is looked up', async () => {
    const upload = world.put(key);
    known(upload, states.due);
    await restore();
    const outcome = await deliver(upload, { deadline: world.deadline() }, world.newCourier());
    expect(outcome).toMatchObject({ status: 'unknown', failure: { code: 'RESTORED_DOUBT' } });
  });

  test('after a restore of the table an older file that lacks its verdict is held as one that may be delivered', async () => {
    await restore();
    const upload = old();
    await ask(upload, {}, { requireScan: true });
    expect((await world.recordOf(upload)).state).toMatchObject({ status: 'held', mayBeDelivered: true });
    const newer = { ...world.put('candidates/GRK1/cv.pdf'), modifiedAt: nine };
    await ask(newer, {}, { requireScan: true });
    expect((await world.recordOf(newer)).state).toMatchObject({ status: 'held', mayBeDelivered: false });
  });

  test('after a restore of the table an older file whose record shows that it was attached stays attached', async () => {
    const upload = old();
    known(upload, states.attached);
    await restore();
    expect(await ask(upload)).toMatchObject({ status: 'already-attached' });
  });

  test('after a restore of the table a lane is touched before a doubtful file enters it', async () => {
    await restore();
    await ask(old());
    expect(await world.newCourier().lanes.read(integrationId)).toMatchObject({ touchedAt: nine });
  });
});
