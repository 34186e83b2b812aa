import { beforeEach, expect, test } from 'vitest';
import { fail } from '../../../../lib/result.ts';
import { type CourierWorld, courierWorld, key } from '../../../worlds/courier-world.ts';

let world: CourierWorld;
beforeEach(() => {
  world = courierWorld();
});

const forget = { action: 'forget', candidate_id: 'GRK123' };

test('forget erases the records of a candidate whose objects are gone', async () => {
  await world.attach();
  world.bucket.clear();
  const answer = await world.ask(forget);
  expect(answer).toMatchObject({ ok: true, message: '1 record erased.', erased: 1 });
  expect(answer.notErased).toContain('Old versions in the bucket, which are not checked');
  expect(answer.notErased).toContain('the file in the ATS');
  expect([...world.table.items.values()].filter((item) => JSON.stringify(item).includes('GRK123'))).toEqual([]);
  expect(await world.ask({ action: 'status', candidate_id: 'GRK123' })).toMatchObject({ files: [] });
});

test('forget keeps the record of an object that exists, because the sweep would send it again', async () => {
  await world.attach();
  const answer = await world.ask(forget);
  expect(answer).toMatchObject({
    ok: false,
    erased: 0,
    kept: [{ key, why: expect.stringContaining('Delete it with all its versions') }],
  });
  expect([...world.table.items.keys()].filter((pk) => pk.includes(key))).toHaveLength(1);
});

test('forget erases the record of a replaced object, and keeps that of the current one', async () => {
  await world.attach();
  await world.attach(key, undefined, { etag: 'newer' });
  expect(await world.ask(forget)).toMatchObject({ ok: false, erased: 1, kept: [{ key }] });
});

test('forget by a key that matches no template does not claim that there is no record while the bucket does not answer', async () => {
  const strange = 'inbox/Frank Doe CV.pdf';
  await world.attach(strange);
  const { storage } = world.newFunction();
  const silent = { ...storage, find: async () => fail('STORAGE_UNAVAILABLE', 'S3 answered TimeoutError.') };
  const answer = await world.ask({ action: 'forget', key: strange }, { storage: silent });
  expect(answer).toMatchObject({ ok: false, erased: 0, message: expect.stringContaining('there may be one') });
});

test('forget is refused while a delivery is in progress', async () => {
  const send = () => world.attach();
  await world.whileSending(send, async () => {
    world.bucket.clear();
    expect(await world.ask(forget)).toMatchObject({
      ok: false,
      kept: [{ why: expect.stringContaining('It is being sent now') }],
    });
  });
});

test('forget keeps every record when the bucket does not answer', async () => {
  await world.attach();
  const { storage } = world.newFunction();
  const find = async () =>
    ({ ok: false, error: { code: 'STORAGE_UNAVAILABLE', detail: 'S3 answered SlowDown.' } }) as const;
  expect(await world.ask(forget, { storage: { ...storage, find } })).toMatchObject({ ok: false, erased: 0 });
});

test('forget by key and ETag reaches a record without a target', async () => {
  const odd = 'inbox/CV.pdf';
  await world.attach(odd);
  world.bucket.clear();
  const uncertain = await world.ask({ action: 'forget', key: odd });
  expect(uncertain).toMatchObject({
    ok: false,
    erased: 0,
    message: expect.stringContaining('there may be a record'),
  });
  expect(await world.ask(uncertain.next)).toMatchObject({ rejected: [{ key: odd, etag: 'etag-0' }] });
  const named = { action: 'forget', key: odd, etag: 'etag-0' };
  expect(await world.ask(named)).toMatchObject({ ok: true, erased: 1 });
  expect(world.table.items.size).toBe(0);
  expect(await world.ask(named)).toMatchObject({ ok: true, erased: 0 });
});

test('forget of an unknown person says that there was nothing, and which uploads were not searched', async () => {
  const answer = await world.ask(forget);
  expect(answer).toMatchObject({ ok: true, erased: 0 });
  expect(answer.message).toContain('Not searched: uploads whose key matched no template');
});
