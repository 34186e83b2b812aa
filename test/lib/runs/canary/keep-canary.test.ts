import { createHash } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { deliver } from '../../../../lib/delivery/deliver.ts';
import { parseKeyTemplates } from '../../../../lib/key-template/match-key.ts';
import type { Condition, Table } from '../../../../lib/ledger/table.ts';
import { lastCanaryOf } from '../../../../lib/operator/last-canary.ts';
import { ok } from '../../../../lib/result.ts';
import { lateMs, readCanary } from '../../../../lib/runs/canary/canary.ts';
import { canaryItemKey } from '../../../../lib/runs/canary/canary-store.ts';
import { keepCanary } from '../../../../lib/runs/canary/keep-canary.ts';
import { readGauges } from '../../../../lib/runs/gauges.ts';
import type { PutObject } from '../../../../lib/upload/storage.ts';
import { day, hour, minute } from '../../../fakes/ledger-samples.ts';
import { noPut } from '../../../fakes/no-put.ts';
import { refuses, takes } from '../../../fakes/scripted-kombo.ts';
import { type LaneWorld, laneWorld } from '../../../worlds/lane-world.ts';

const sandbox = 'sandbox:8d1hpPsbjxUkoCoa1veLZGe5';
const canaryKey = `canary/${sandbox}/GRK1/canary.pdf`;
const parsed = parseKeyTemplates('canary/{integration_id}/{candidate_id}/{filename}');
if (!parsed.ok) throw new Error('The template of the test is wrong.');
const on = { canaryKey, keyTemplates: parsed.value };

let world: LaneWorld;
/** ETags of the objects that were put. */
let puts: string[];
beforeEach(() => {
  world = laneWorld();
  puts = [];
});

const intoBucket: PutObject = async ({ key, bytes, contentType }) => {
  const etag = createHash('md5').update(bytes).digest('hex');
  puts.push(etag);
  world.put(key, { etag, bytes: Buffer.from(bytes), contentType });
  return ok({ etag });
};

const courier = (putObject: PutObject = intoBucket, change: object = {}) => ({
  ...world.newCourier({ ...on, ...change }),
  putObject,
});
const keep = (putObject?: PutObject, change?: object) =>
  world.run(keepCanary(world.deadline().signal, courier(putObject, change)));
const late = async (): Promise<number> => lateMs(await readCanary(canaryKey, courier()), world.clock.now());
const sentence = async (): Promise<string> =>
  lastCanaryOf(await readCanary(canaryKey, courier()), world.clock.now()).sentence;

/** The event of the newest canary arrives, and Kombo accepts it. */
const arrive = async (isTaken = true): Promise<void> => {
  const file = world.bucket.get(canaryKey);
  if (isTaken) world.kombo.script.push(() => takes());
  const upload = { bucket: 'cv-inbox', key: canaryKey, etag: puts.at(-1) ?? '', sizeBytes: file?.bytes.length ?? 0 };
  await world.run(deliver(upload, { deadline: world.deadline() }, courier()));
};

test('without a key no canary is put, read or measured', async () => {
  await keep(intoBucket, { canaryKey: undefined });
  expect([puts, world.table.calls]).toEqual([[], []]);
  expect(await readGauges(courier(intoBucket, { canaryKey: undefined }))).not.toHaveProperty('canaryLateMs');
});

test('a canary with new bytes is put once a day, and is late until it is attached', async () => {
  expect(await sentence()).toBe('The canary is on; the next scheduled run uploads its file.');
  await keep();
  world.clock.advance(20 * minute);
  await keep();
  expect([puts.length, await late()]).toEqual([1, 20 * minute]);
  expect(await sentence()).toMatch(/is not attached: the ledger has no record of it\.$/);
  await arrive();
  expect([await late(), await sentence()]).toEqual([0, expect.stringMatching(/and is attached\.$/)]);
  expect(await readGauges(courier())).toMatchObject({ canaryLateMs: 0 });
  world.clock.advance(day - 21 * minute);
  await keep();
  expect(puts).toHaveLength(1);
  world.clock.advance(minute + minute);
  await keep();
  expect(new Set(puts).size).toBe(2);
  expect(await late()).toBe(0);
  world.clock.advance(minute);
  expect(await readGauges(courier())).toMatchObject({ canaryLateMs: minute });
});

test('the canary of a new day does not make up for one that never arrived', async () => {
  await keep();
  world.clock.advance(day);
  await keep();
  world.clock.advance(minute);
  expect([puts.length, await late()]).toEqual([2, day + minute]);
  await arrive();
  expect(await late()).toBe(0);
});

test('a canary that was attached counts as attached even when its record is gone', async () => {
  await keep();
  await arrive();
  await keep();
  for (const id of [...world.table.items.keys()]) if (id.startsWith('cv-inbox/')) world.table.items.delete(id);
  world.clock.advance(hour);
  expect(await late()).toBe(0);
  await keep();
  expect(puts).toHaveLength(1);
});

test('a canary that has arrived and is not attached is late', async () => {
  await keep();
  world.kombo.script.push(() => refuses('REMOTE.RATE_LIMIT_EXCEEDED'));
  await arrive(false);
  world.clock.advance(minute);
  expect(await late()).toBeGreaterThanOrEqual(minute);
});

test('a canary is written under its own key, each time on condition that no other run has', async () => {
  const { table, ...base } = courier();
  const conditions: Condition[] = [];
  const put: Table['put'] = (item, condition) => {
    conditions.push(condition);
    return table.put(item, condition);
  };
  expect(await readCanary(canaryKey, courier())).toEqual({ version: undefined, attached: false });
  await world.run(keepCanary(world.deadline().signal, { ...base, table: { ...table, put } }));
  expect(conditions).toEqual([{ kind: 'absent' }, { kind: 'unchanged', version: 1 }]);
  expect(world.table.items.get('canary')?.version).toBe(2);
});

test('of two concurrent runs only one puts a canary', async () => {
  await world.run(
    Promise.all([courier(), courier()].map((one) => keepCanary(world.deadline().signal, one))).then(() => undefined),
  );
  expect(puts).toHaveLength(1);
});

test('a canary that the bucket does not accept is late, is tried again, and the log has the reason', async () => {
  await keep(noPut);
  expect(world.logged).toEqual([
    {
      message: 'The canary could not be put into the bucket.',
      detail: 'S3 answered AccessDenied (HTTP 403).',
      nextStep:
        'Check whether a policy of the bucket or of its encryption key denies access to on-schedule. It is tried again within 15 minutes.',
    },
  ]);
  world.table.calls.length = 0;
  await late();
  expect(world.table.calls).toEqual(['get']);
  world.clock.advance(5 * minute);
  await keep();
  expect(puts).toEqual([]);
  expect(await sentence()).toMatch(/is not in the bucket\.$/);
  world.clock.advance(5 * minute);
  expect(await late()).toBe(10 * minute);
  await keep();
  expect([puts.length, await late()]).toEqual([1, 10 * minute]);
});

test('no canary is put when the key does not name the sandbox, and the canary is late', async () => {
  const other = canaryKey.replace('sandbox:', 'greenhouse:');
  await keep(intoBucket, { canaryKey: other });
  world.clock.advance(2 * hour);
  expect(puts).toEqual([]);
  expect(await readGauges(courier(intoBucket, { canaryKey: other }))).toMatchObject({ canaryLateMs: 2 * hour });
  expect(JSON.stringify(world.logged)).not.toContain('GRK1');
  expect(world.logged).toEqual([
    {
      message: expect.stringMatching(/^No canary is put/),
      detail: expect.stringMatching(/^CANARY_KEY does not name/),
      nextStep: expect.stringMatching(/^Make canary/),
    },
  ]);
});

test.each([
  ['of another key', 'canary/other.pdf', minute, 5 * hour],
  ['of days ago, before it was switched off', canaryKey, 2 * day, 9 * day],
])('an old canary item %s raises no alarm, and a new canary starts', async (_case, key, startedAgo, owedAgo) => {
  const now = world.clock.now();
  const document = JSON.stringify({ key, etag: 'a', startedAt: now - startedAgo, owedSince: now - owedAgo });
  world.table.items.set(canaryItemKey, { pk: canaryItemKey, version: 4, document });
  expect(await late()).toBe(0);
  await keep();
  expect([puts.length, await late()]).toEqual([1, 0]);
});

test('a canary item that was edited by hand is replaced', async () => {
  world.table.items.set(canaryItemKey, { pk: canaryItemKey, version: 2, document: '{"key":7}' });
  await keep();
  expect([puts.length, world.table.items.get(canaryItemKey)?.version]).toEqual([1, 4]);
});

test.each([
  ['has not been put for an hour', false, 61 * minute, /^Search the log of on-schedule/],
  ['no function has seen for an hour', true, 61 * minute, /^No function has seen it\./],
  ['may still come', true, 59 * minute, undefined],
])('the answer about a canary that %s has its next step, if any', async (_case, isPut, forMs, todo) => {
  await keep(isPut ? intoBucket : noPut);
  world.clock.advance(forMs);
  const told = lastCanaryOf(await readCanary(canaryKey, courier()), world.clock.now());
  if (todo === undefined) expect(told).not.toHaveProperty('todo');
  else expect(told.todo).toMatch(todo);
});
