import { beforeEach, expect, test } from 'vitest';
import { laneKey } from '../../../../lib/lane/lane-item.ts';
import { fromItem } from '../../../../lib/ledger/record-item.ts';
import type { Item } from '../../../../lib/ledger/table.ts';
import { uploadId } from '../../../../lib/upload/upload.ts';
import { hour, minute, nine, recordIn, type StateName, states, upload } from '../../../fakes/ledger-samples.ts';
import { type CourierWorld, courierWorld } from '../../../worlds/courier-world.ts';

let world: CourierWorld;
beforeEach(() => {
  world = courierWorld();
  world.env.OUTCOME_BUS = 'default';
});

const iso = (time: number): string => new Date(time).toISOString();
const since = iso(nine - hour);
const tell = (change: object = {}) => world.ask({ action: 'tell', since, ...change });

/** A record in that state, last written a minute ago unless given otherwise. @returns its key in the table */
const put = (name: StateName, key: string, updatedAt = nine - minute): string => {
  return uploadId(world.store(recordIn(states[name], { upload: { ...upload, key }, updatedAt })).upload);
};
const itemOf = (pk: string): Item => {
  const item = world.table.items.get(pk);
  if (!item) throw new Error('There is no item.');
  return item;
};
const isToldAgain = (pk: string): boolean => itemOf(pk).outcome === 1;

test('tell writes every outcome since then as news, and no other record', async () => {
  const ended = (['attached', 'held', 'rejected', 'superseded'] as const).map((name) => put(name, `${name}.pdf`));
  const open = (['sending', 'waiting', 'unknown'] as const).map((name) => put(name, `${name}.pdf`));
  const older = put('attached', 'older.pdf', nine - 2 * hour);
  expect(await tell()).toEqual({
    ok: true,
    message: `4 outcomes since ${since} were sent again, each with a higher version.`,
    told: 4,
  });
  expect(ended.map(isToldAgain)).toEqual([true, true, true, true]);
  expect([...open, older].map(isToldAgain)).toEqual([false, false, false, false]);
});

test('tell changes only the version and the id of the write', async () => {
  const pk = put('held', 'held.pdf');
  const before = fromItem(itemOf(pk));
  await tell();
  const after = fromItem(itemOf(pk));
  expect(after).toEqual({ ...before, version: before.version + 1, writeId: after.writeId });
  expect(after.writeId).not.toBe(before.writeId);
});

test('tell can be repeated: the same outcomes are reported with a higher version', async () => {
  const pk = put('attached', 'attached.pdf');
  await tell();
  await tell();
  expect(itemOf(pk)).toMatchObject({ outcome: 1, version: 3 });
});

test('tell sends nothing to Kombo, and does not change lanes or the sweep', async () => {
  await world.runSchedule();
  const others = [...world.table.items.values()].filter(({ pk }) => pk.startsWith(laneKey('')) || pk === 'sweep');
  expect(others.length).toBeGreaterThan(0);
  put('held', 'held.pdf');
  await tell();
  for (const item of others) expect(itemOf(item.pk)).toEqual(item);
  expect(world.kombo.posts).toEqual([]);
});

test('tell stops when its time is over, and says how to continue', async () => {
  const keys = Array.from({ length: 250 }, (_, number) => put('attached', `${1000 + number}.pdf`));
  const scan = world.table.scan;
  world.table.scan = (...page) => {
    world.clock.advance(30_000);
    return scan(...page);
  };
  const first = await tell();
  expect(first).toMatchObject({ ok: false, told: 200, next: { action: 'tell', since } });
  expect(first.message).toContain('send the request in "next"');
  expect(await world.ask(first.next)).toMatchObject({ ok: true, told: 50 });
  expect(keys.filter(isToldAgain)).toHaveLength(250);
  expect(keys.map((pk) => itemOf(pk).version)).toEqual(Array(250).fill(2));
});

test('tell reads a record again that another writer has changed in the meantime', async () => {
  const pk = put('held', 'held.pdf');
  const write = world.table.put;
  world.table.put = async (item, condition) => {
    world.table.put = write;
    const seen = itemOf(pk);
    world.table.items.set(pk, { ...seen, version: seen.version + 1 });
    return write(item, condition);
  };
  expect(await tell()).toMatchObject({ ok: true, told: 1 });
  expect(itemOf(pk)).toMatchObject({ outcome: 1, version: 3 });
});

test('tell counts the records that cannot be read', async () => {
  const pk = put('held', 'held.pdf');
  world.table.items.set(pk, { ...itemOf(pk), document: '{' });
  expect(await tell()).toMatchObject({ ok: false, told: 0, unreadable: 1 });
  expect(itemOf(pk).document).toBe('{');
});

test('tell does nothing without a pipe, and says so', async () => {
  world.env.OUTCOME_BUS = 'off';
  const pk = put('attached', 'attached.pdf');
  expect(await tell()).toMatchObject({ ok: false, message: expect.stringContaining('outcomeBus is off') });
  expect(isToldAgain(pk)).toBe(false);
});

test('tell does nothing about a time in the future', async () => {
  expect(await tell({ since: iso(nine + minute) })).toMatchObject({ ok: false });
});

test('tell reports a copy that was attached as an earlier upload by the time when that was found', async () => {
  const state = { status: 'attached', attachedAt: nine - 2 * hour, warnings: [], evidence: 'same-bytes' } as const;
  const record = world.store(recordIn(state, { updatedAt: nine - minute }));
  expect(await tell()).toMatchObject({ told: 1 });
  expect(isToldAgain(uploadId(record.upload))).toBe(true);
});
