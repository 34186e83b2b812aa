import { expect, onTestFinished, test, vi } from 'vitest';
import type { CreatedObject } from '../../../infra/local/aws/events/s3-notification.ts';
import { accountLane } from '../../../lib/lane/lane.ts';
import { hourMs } from '../../../lib/limits.ts';
import { type BuiltFunctions, startBuiltFunctions } from '../../worlds/built-functions.ts';
import { cvOf, integrationOf, keyAt, placeOf } from '../../worlds/lost-answers.ts';

/* Hours of an outage pass between the runs of the built functions, because their clock is moved. */

// A hundred runs, each in a real process, which can take more than a second each on a busy machine.
vi.setConfig({ testTimeout: 400_000 });

const minuteMs = 60_000;
const [one, other] = [integrationOf('one'), integrationOf('other')];

const start = async (integrations: readonly string[] = [one]): Promise<BuiltFunctions> => {
  const functions = await startBuiltFunctions({
    integrations,
    countsOutages: true,
    movesTime: true,
    // The deployed values, because the waits are part of the promise.
    settings: { RETRY_BASE_SECONDS: '30', READ_BACK_AFTER_SECONDS: '60', READ_BACK_AGAIN_SECONDS: '900' },
  });
  onTestFinished(functions.end);
  return functions;
};

const upload = (functions: BuiltFunctions, id: string, integrationId = one): Promise<CreatedObject> =>
  functions.upload(keyAt(placeOf(integrationId, id)), cvOf(`${integrationId} ${id}`));

/** Runs the schedule for this time, or until `isDone`, and returns how much time has passed. */
const schedule = async (functions: BuiltFunctions, forMs: number, isDone?: () => Promise<boolean>): Promise<number> => {
  let passedMs = 0;
  while (passedMs < forMs && !(await isDone?.())) {
    passedMs += 5 * minuteMs;
    await functions.advance(5 * minuteMs);
    await functions.run();
  }
  return passedMs;
};

const statusesOf = async (functions: BuiltFunctions, objects: readonly CreatedObject[]): Promise<readonly string[]> => {
  const records = await Promise.all(objects.map(functions.recordOf));
  return records.map(({ state }) => state.status);
};

const allAttached = (functions: BuiltFunctions, objects: readonly CreatedObject[]) => async (): Promise<boolean> =>
  (await statusesOf(functions, objects)).every((status) => status === 'attached');

/** Two successful deliveries from which the functions learn what the tool does to files. */
const teach = async (functions: BuiltFunctions): Promise<void> => {
  await upload(functions, 'lesson1');
  await upload(functions, 'lesson2');
  await schedule(functions, hourMs);
  expect((await functions.toolOf(one))[0]?.lessons).toHaveLength(2);
};

/** Calls that Kombo passes to an ATS. */
const callsOf = ({ komboRelay }: BuiltFunctions): number =>
  komboRelay.calls.filter(({ path }) => path.endsWith('/attachments')).length;

const storedOnce = ({ kombo }: BuiltFunctions, ids: readonly string[]): boolean =>
  ids.every((id) => kombo.attachments({ target: { kind: 'candidate', id } }).length === 1);

const failing = [
  ['an ATS that is down', ['REMOTE--SERVICE_UNAVAILABLE']],
  ['a Kombo that answers 500', ['html-500']],
  ['a load balancer that answers 503', ['html-503']],
] as const;

test.each(failing)(
  'after 8 hours of %s all files are attached within 3 hours, and none is held',
  async (_, [fault]) => {
    const functions = await start();
    await teach(functions);
    functions.kombo.faults.arm(fault, { on: ['post', 'list'] });
    const before = callsOf(functions);
    const ids = Array.from({ length: 8 }, (__, number) => `file${number}`);
    const objects: CreatedObject[] = [];
    for (const id of ids) {
      objects.push(await upload(functions, id));
      await schedule(functions, hourMs);
    }
    expect(callsOf(functions) - before).toBeLessThan((8 * hourMs) / minuteMs);
    expect(await statusesOf(functions, objects)).not.toContain('held');
    functions.kombo.faults.clear();
    expect(await schedule(functions, 4 * hourMs, allAttached(functions, objects))).toBeLessThanOrEqual(3 * hourMs);
    expect(storedOnce(functions, ids)).toBe(true);
  },
);

test('an outage that pauses the integration and the account at the same time ends for both', async () => {
  const functions = await start();
  await teach(functions);
  functions.kombo.faults.arm('delay-500ms', { on: ['post'] });
  const unlisted = functions.kombo.faults.arm('html-503', { on: ['list'] });
  const ids = Array.from({ length: 12 }, (_, number) => `fault-html-${number % 2 ? 500 : 503}-1_as_${number}`);
  const objects = await Promise.all(ids.map((id) => upload(functions, id)));
  expect([await functions.pauseOf(one), await functions.pauseOf(accountLane)]).toEqual([
    'KOMBO_FAULT',
    'KOMBO_UNAVAILABLE',
  ]);
  await schedule(functions, hourMs);
  // Clears only this fault, because otherwise the faults in the candidates' ids would start again.
  functions.kombo.faults.clear(unlisted.id);
  expect(await schedule(functions, 4 * hourMs, allAttached(functions, objects))).toBeLessThanOrEqual(3 * hourMs);
  expect(storedOnce(functions, ids)).toBe(true);
});

test("after an outage of Kombo, one customer's tool that still answers 500 does not delay other customers", async () => {
  const functions = await start([one, other]);
  functions.kombo.faults.arm('html-503', { on: ['post', 'list'] });
  for (const id of ['A', 'B', 'C', 'D']) await upload(functions, id);
  const object = await upload(functions, 'E', other);
  await schedule(functions, hourMs);
  functions.kombo.faults.clear();
  functions.kombo.faults.arm('html-500', { on: ['post', 'list'], integrationId: one });
  expect(await schedule(functions, 4 * hourMs, allAttached(functions, [object]))).toBeLessThanOrEqual(2 * hourMs);
});

test('after a customer reconnects, the waiting files are attached within 10 minutes, the first one alone', async () => {
  const functions = await start();
  functions.kombo.integrations.change(one, { status: 'INVALID' });
  const ids = ['first', 'second', 'third', 'fourth'];
  const objects: CreatedObject[] = [];
  for (const id of ids) objects.push(await upload(functions, id));
  await schedule(functions, 2 * hourMs);
  // Only the file that met the cause was sent; no file is sent to find out whether it still exists.
  expect(callsOf(functions)).toBe(1);
  functions.kombo.integrations.change(one, { status: 'ACTIVE' });
  expect(await schedule(functions, hourMs, allAttached(functions, objects))).toBeLessThanOrEqual(10 * minuteMs);
  expect(callsOf(functions)).toBe(1 + ids.length);
  expect(storedOnce(functions, ids)).toBe(true);
});
