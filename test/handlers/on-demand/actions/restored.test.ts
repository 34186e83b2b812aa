import { beforeEach, expect, test } from 'vitest';
import { day, hour, minute, nine } from '../../../fakes/ledger-samples.ts';
import { type CourierWorld, courierWorld, key, reason } from '../../../worlds/courier-world.ts';

let world: CourierWorld;
beforeEach(() => {
  world = courierWorld();
});

const iso = (time: number): string => new Date(time).toISOString();
const report = (since: unknown = iso(nine - 5 * hour), change = {}) =>
  world.ask({ action: 'restored', since, reason, ...change });
const documentOf = (pk: string) => JSON.parse(world.table.items.get(pk)?.document ?? '{}');

test('restored says what is looked up before it is sent, since when the sweep asks, and what comes next', async () => {
  expect(await report()).toEqual({
    ok: true,
    message: `Waiting files, and uploads without a record, that are older than ${iso(nine)} are looked up at their targets before they are sent. The next sweep checks all uploads since ${iso(nine - 5 * hour)}. Running functions notice the restore within 30 seconds; start the schedule after that. This cannot be taken back: it delays these files, and holds those for which the check cannot be decided.`,
    since: iso(nine - 5 * hour),
    olderThan: iso(nine),
  });
  expect(documentOf('lane#*')).toMatchObject({ restored: { since: nine - 5 * hour, at: nine, reason } });
});

test('a dry run of restored says what it would do, and changes nothing', async () => {
  const answer = await report(iso(nine - 5 * hour), { dry_run: true });
  expect(answer).toMatchObject({ ok: true, since: iso(nine - 5 * hour) });
  expect(answer.message).toMatch(
    /^Nothing was changed\. With this request: Waiting files, .* This cannot be taken back:/,
  );
  expect(world.table.items.size).toBe(0);
});

test('restored keeps a pause of the account', async () => {
  await world.ask({ action: 'pause', integration_id: 'account', reason: 'The table is being restored.' });
  await report();
  expect(await world.ask({ action: 'status' })).toMatchObject({ pauses: [{ integration: 'account' }] });
  await world.ask({ action: 'resume', integration_id: 'account', reason: 'It is restored.' });
  expect(documentOf('lane#*')).toMatchObject({ restored: { at: nine } });
});

test('restored makes the sweep ask about uploads before its own last pass, and before its first one', async () => {
  world.put(key, { modifiedAt: nine - 4 * hour });
  await world.runSchedule();
  expect((await world.runSchedule()).sweep).toMatchObject({ pass: 'not due' });
  await report();
  expect((await world.runSchedule()).sweep).toMatchObject({ pass: 'finished', asked: 1, found: 1 });
  expect(await world.ask({ action: 'status', key })).toMatchObject({
    files: [{ status: 'unknown', code: 'RESTORED_DOUBT' }],
  });
});

test('restored can be repeated: the later call counts, and no file that was looked up before is lost', async () => {
  await report();
  world.clock.advance(minute);
  expect(await report()).toMatchObject({ ok: true });
  expect(documentOf('lane#*')).toMatchObject({ restored: { since: nine - 5 * hour, at: nine + minute } });
  world.clock.advance(-minute);
  await report();
  expect(documentOf('lane#*')).toMatchObject({ restored: { at: nine + minute } });
});

test.each([
  '',
  'yesterday',
  '2026-01-05',
  '2026-01-05T08:00:00',
  '2026-02-31T08:00:00Z',
  '2026-01-05T25:00:00Z',
  '2026-01-05T08:00:00Z or so',
  1_767_600_000_000,
  null,
])('restored with since %j changes nothing and says how a time is written', async (since) => {
  expect(await report(since)).toMatchObject({
    ok: false,
    message: expect.stringMatching(/"since" is wrong; it must be a time with its zone as text, for example "2026-/),
  });
  expect(world.table.items.size).toBe(0);
});

test.each(['2026-01-05T07:30:00Z', '2026-01-05T07:30Z', '2026-01-05T07:30:00.000Z', '2026-01-05T08:30:00+01:00'])(
  'restored accepts the time as AWS shows it: %s',
  async (since) => {
    expect(await report(since)).toMatchObject({ ok: true, since: '2026-01-05T07:30:00.000Z' });
  },
);

test.each([
  [
    'in the future',
    nine + minute,
    /^Nothing was done: "since" is in the future; it is now 2026-01-05T09:00:00\.000Z\./,
  ],
  ['of more than 35 days ago', nine - 36 * day, /^Nothing was done: "since" is more than 35 days ago/],
])('restored with a since %s changes nothing and says so', async (_, since, message) => {
  expect(await report(iso(since))).toMatchObject({ ok: false, message: expect.stringMatching(message) });
  expect(world.table.items.size).toBe(0);
});

test('restored changes nothing while the lane of the account cannot be read, and names the request that helps', async () => {
  world.table.items.set('lane#*', { pk: 'lane#*', version: 1, document: '{}' });
  const answer = await report();
  expect(answer).toMatchObject({ ok: false, message: expect.stringMatching(/^Nothing was done: /) });
  expect(world.table.items.size).toBe(1);
  expect(await world.ask({ ...(answer.next as object), reason })).toMatchObject({ ok: true });
  expect(await report()).toMatchObject({ ok: true });
});

test('restored says when the item of the sweep cannot be read; files are still looked up', async () => {
  world.table.items.set('sweep', { pk: 'sweep', version: 1, document: '?' });
  expect(await report()).toMatchObject({ ok: false, message: expect.stringContaining('Set SWEEP_SINCE') });
  expect(documentOf('lane#*')).toMatchObject({ restored: { at: nine } });
  const set = world.newFunction({ SWEEP_SINCE: '2026-01-01' });
  expect(await world.ask({ action: 'restored', since: iso(nine - hour), reason }, set)).toMatchObject({ ok: true });
});

test('restored says when SWEEP_SINCE excludes older uploads from the sweep', async () => {
  const late = world.newFunction({ SWEEP_SINCE: '2026-01-05T08:00:00Z' });
  expect(await world.ask({ action: 'restored', since: iso(nine - 5 * hour), reason }, late)).toMatchObject({
    ok: false,
    message: expect.stringContaining(
      'But SWEEP_SINCE is 2026-01-05T08:00:00.000Z, so the sweep does not look at older uploads. Set it to 2026-01-05T04:00:00.000Z or earlier',
    ),
  });
});

test('restored says that it can be repeated safely when the table failed halfway through the writes', async () => {
  world.table.fail('put', 1);
  await expect(report()).rejects.toThrow('The table does not answer.');
  expect(await report()).toMatchObject({ ok: true });
});
