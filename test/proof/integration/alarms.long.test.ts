import { describe, expect, onTestFinished, test } from 'vitest';
import type { CreatedObject } from '../../../infra/local/aws/events/s3-notification.ts';
import { accountLane } from '../../../lib/lane/lane.ts';
import { laneKey } from '../../../lib/lane/lane-item.ts';
import { dayMs, hourMs } from '../../../lib/limits.ts';
import { uploadId } from '../../../lib/upload/upload.ts';
import { type CloudWatchAlarms, cloudWatchAlarms } from '../../fakes/cloudwatch-alarms.ts';
import { deployed } from '../../infra/template/deployed.ts';
import { type BuiltFunctions, startBuiltFunctions } from '../../worlds/built-functions.ts';
import { cvOf, integrationOf, keyAt, placeOf } from '../../worlds/lost-answers.ts';

/*
 * Every outcome that an operator must know of, caused with the built functions: what they print goes to the alarms of the packaged
 * template, while hours and days pass for both.
 */

const minuteMs = 60_000;
const [one, other] = [integrationOf('one'), integrationOf('other')];

const template = await deployed();

interface World {
  readonly functions: BuiltFunctions;
  readonly alarms: CloudWatchAlarms;
  upload(id: string, integrationId?: string, body?: Uint8Array): Promise<CreatedObject>;
  /** Runs the schedule, by default every five minutes, and evaluates the alarms. */
  schedule(forMs: number, how?: { readonly everyMs?: number; readonly event?: unknown }): Promise<void>;
  /** Time passes without runs of the schedule. */
  silence(forMs: number): Promise<void>;
}

const start = async (settings: Readonly<Record<string, string>> = {}): Promise<World> => {
  const lines: string[] = [];
  const functions = await startBuiltFunctions({
    integrations: [one, other],
    movesTime: true,
    settings: { RETRY_BASE_SECONDS: '30', READ_BACK_AFTER_SECONDS: '60', READ_BACK_AGAIN_SECONDS: '900', ...settings },
    onLine: (line) => void lines.push(line),
  });
  onTestFinished(functions.end);
  const alarms = cloudWatchAlarms(template, functions.now());
  const evaluate = (): void => {
    for (const line of lines.splice(0)) alarms.take(line);
    alarms.evaluateUntil(functions.now());
  };
  const world: World = {
    functions,
    alarms,
    upload: (id, integrationId = one, body = cvOf(`${integrationId} ${id}`)) =>
      functions.upload(keyAt(placeOf(integrationId, id)), body),
    schedule: async (forMs, { everyMs = 5 * minuteMs, event = {} } = {}) => {
      for (let passedMs = 0; passedMs < forMs; passedMs += everyMs) {
        await functions.advance(everyMs);
        await functions.run(event);
        evaluate();
      }
    },
    silence: async (forMs) => {
      await functions.advance(forMs);
      evaluate();
    },
  };
  // As after a deployment: after the first runs, no alarm is on.
  await world.schedule(10 * minuteMs);
  expect(alarms.on()).toEqual([]);
  return world;
};

/** Kombo does not know the candidate, so an operator must act. */
const unknownCandidate = 'fault-status-404';
const hourly = { everyMs: hourMs };

const unchanged = ({ version }: { readonly version: number }) => ({ kind: 'unchanged', version }) as const;

test('held files raise an alarm that stays on until none is left, even while the schedule is dead', async () => {
  const { functions, alarms, upload, schedule, silence } = await start();
  const file = await upload(unknownCandidate);
  expect((await functions.recordOf(file)).state.status).toBe('held');
  await schedule(10 * minuteMs);
  expect(alarms.on()).toEqual(['held', 'held-new']);
  await schedule(2 * hourMs, hourly);
  await silence(dayMs);
  expect(alarms.on()).toEqual(['held', 'no-schedule-run']);
  await schedule(10 * minuteMs);
  expect(alarms.on()).toContain('held');
  await functions.table.delete(uploadId(file), unchanged(await functions.recordOf(file)));
  await schedule(15 * minuteMs);
  expect(alarms.on()).toEqual([]);
  expect([alarms.told('held'), alarms.told('held-new')]).toEqual([1, 1]);
});

test('a rejected file raises an alarm that stays on for a day', async () => {
  const { alarms, upload, schedule } = await start();
  await upload('empty', one, new Uint8Array());
  await schedule(10 * minuteMs);
  expect(alarms.on()).toEqual(['rejected', 'rejected-new']);
  await schedule(5 * hourMs, hourly);
  expect(alarms.on()).not.toContain('rejected-new');
  await upload('empty_too', one, new Uint8Array());
  await schedule(10 * minuteMs);
  expect([alarms.told('rejected'), alarms.told('rejected-new')]).toEqual([1, 2]);
  await schedule(23 * hourMs, hourly);
  expect(alarms.on()).toContain('rejected');
  await schedule(2 * hourMs, hourly);
  await schedule(15 * minuteMs);
  expect(alarms.on()).toEqual([]);
});

test('a key that matches no template is counted, and raises the alarm of rejected files', async () => {
  const { functions, alarms, schedule } = await start();
  await functions.upload('candidates-of-2026/Frank Doe.pdf', cvOf('Frank'));
  await schedule(10 * minuteMs);
  expect(alarms.total('KeysNotMatched')).toBe(1);
  expect(alarms.on()).toEqual(['rejected', 'rejected-new']);
});

test('a refused event raises an alarm that stays on for 24 hours after the last one', async () => {
  const { functions, alarms, schedule } = await start();
  const object = await functions.put(keyAt(placeOf(one, 'foreign')), cvOf('foreign'));
  await functions.send({ ...object, bucket: 'another-bucket' });
  await schedule(10 * minuteMs);
  expect(alarms.total('RefusedEvents')).toBe(1);
  expect(alarms.on()).toEqual(['refused-events']);
  await schedule(23 * hourMs, hourly);
  expect(alarms.on()).toContain('refused-events');
  await schedule(hourMs, hourly);
  await schedule(15 * minuteMs);
  expect(alarms.on()).toEqual([]);
});

describe('unreadable items', () => {
  test('an unreadable record of a file raises an alarm until it is repaired', async () => {
    const { functions, alarms, upload, schedule } = await start();
    functions.kombo.faults.arm('status-429', { on: ['post'] });
    const file = await upload('waits');
    const item = await functions.table.get(uploadId(file));
    if (!item) throw new Error('There is no record.');
    await functions.table.put({ ...item, version: item.version + 1, document: '{' }, unchanged(item));
    await schedule(hourMs);
    expect(alarms.on()).toEqual(['unreadable']);
    await functions.table.delete(item.pk, { kind: 'unchanged', version: item.version + 1 });
    await schedule(30 * minuteMs);
    expect(alarms.on()).toEqual([]);
  });

  test('an unreadable lane of an integration raises an alarm until it is repaired', async () => {
    const { functions, alarms, upload, schedule } = await start();
    await upload('first');
    const item = await functions.table.get(laneKey(one));
    if (!item) throw new Error('There is no lane.');
    await functions.table.put({ ...item, version: item.version + 1, document: '{' }, unchanged(item));
    await schedule(10 * minuteMs);
    expect(alarms.on()).toEqual(['unreadable']);
    await functions.lanes.replaceUnreadable(one);
    await schedule(10 * minuteMs);
    expect(alarms.on()).toEqual([]);
  });
});

describe('the sweep', () => {
  test('a sweep that has finished no pass for a day raises an alarm', async () => {
    const { alarms, schedule } = await start();
    await schedule(23 * hourMs, { ...hourly, event: { task: 'due' } });
    expect(alarms.on()).not.toContain('sweep-stopped');
    await schedule(hourMs, { ...hourly, event: { task: 'due' } });
    await schedule(15 * minuteMs, { event: { task: 'due' } });
    expect(alarms.on()).toEqual(['sweep-stopped']);
    await schedule(15 * minuteMs);
    expect(alarms.on()).toEqual([]);
  });

  test('a sweep that could not account for an object raises an alarm until the next pass can', async () => {
    const { functions, alarms, schedule } = await start();
    const item = await functions.table.get('sweep');
    if (!item) throw new Error('No sweep has run.');
    // The result of such a pass; test/lib/runs/sweep.test.ts causes one.
    const document = JSON.stringify({ ...JSON.parse(item.document), unaccounted: 1 });
    await functions.table.put({ ...item, version: item.version + 1, document }, unchanged(item));
    await schedule(10 * minuteMs, { event: { task: 'due' } });
    expect(alarms.on()).toEqual(['unaccounted']);
    await schedule(2 * hourMs, hourly);
    await schedule(15 * minuteMs);
    expect(alarms.on()).toEqual([]);
  });
});

describe('a pause', () => {
  test('a pause for the operator of the stack, here a wrong API key, raises an alarm immediately', async () => {
    const { functions, alarms, upload, schedule } = await start();
    functions.kombo.apiKeys.revoke();
    await upload('first');
    expect(await functions.pauseOf(accountLane)).toBe('PLATFORM.AUTHENTICATION_INVALID');
    await schedule(10 * minuteMs);
    expect(alarms.on()).toEqual(['pauses', 'pauses-new']);
    functions.kombo.apiKeys.restore();
    await schedule(hourMs);
    expect(alarms.on()).toEqual([]);
  });

  test('a pause that ends automatically within a day raises no alarm', async () => {
    const { functions, alarms, upload, schedule } = await start();
    functions.kombo.integrations.change(one, { status: 'INACTIVE' });
    const file = await upload('first');
    expect(await functions.pauseOf(one)).toBe('INTEGRATION.INACTIVE');
    await schedule(20 * hourMs, hourly);
    functions.kombo.integrations.change(one, { status: 'ACTIVE' });
    await schedule(hourMs);
    expect((await functions.recordOf(file)).state.status).toBe('attached');
    for (const name of alarms.names.filter((name) => name !== 'no-schedule-run'))
      expect([name, alarms.told(name)]).toEqual([name, 0]);
  });

  test('a pause that does not end raises an alarm after a day, and so does its waiting file', async () => {
    const { functions, alarms, upload, schedule } = await start();
    functions.kombo.integrations.change(one, { status: 'INACTIVE' });
    await upload('first');
    await schedule(23 * hourMs, hourly);
    expect(alarms.on()).not.toContain('pauses');
    await schedule(2 * hourMs, hourly);
    expect(alarms.on()).toEqual(expect.arrayContaining(['pauses', 'oldest-waiting']));
    expect(alarms.told('pauses-new')).toBe(1);
    // A second pause beside the first one, which no other alarm would report.
    functions.kombo.apiKeys.revoke();
    await upload('second', other);
    await schedule(10 * minuteMs);
    expect([alarms.told('pauses'), alarms.told('pauses-new')]).toEqual([1, 2]);
  });

  test("an operator's pause never raises an alarm, but a file that waits in it for a day does", async () => {
    const { functions, alarms, upload, schedule } = await start();
    const pause = {
      code: 'INTEGRATION_PAUSED',
      by: 'operator',
      reason: 'The customer moves.',
      since: functions.now(),
    } as const;
    await functions.lanes.change(one, (lane) => ({ ...lane, pause }));
    await schedule(30 * hourMs, hourly);
    expect(alarms.on()).not.toContain('pauses');
    await upload('first');
    await schedule(23 * hourMs, hourly);
    expect(alarms.on()).not.toContain('oldest-waiting');
    await schedule(2 * hourMs, hourly);
    expect([alarms.on().includes('oldest-waiting'), alarms.told('pauses')]).toEqual([true, 0]);
  });
});

test('a dead schedule raises an alarm within 45 minutes, and new runs clear it', async () => {
  const { alarms, schedule, silence } = await start();
  await silence(25 * minuteMs);
  expect(alarms.on()).toEqual([]);
  await silence(20 * minuteMs);
  expect(alarms.on()).toEqual(['no-schedule-run']);
  await schedule(10 * minuteMs);
  expect(alarms.on()).toEqual([]);
});
