import { expect, onTestFinished, test } from 'vitest';
import { dayMs, hourMs, minuteMs } from '../../../lib/limits.ts';
import { type CloudWatchAlarms, cloudWatchAlarms } from '../../fakes/cloudwatch-alarms.ts';
import { deployed } from '../../infra/template/deployed.ts';
import { type BuiltFunctions, startBuiltFunctions } from '../../worlds/built-functions.ts';
import { keyAt, placeOf } from '../../worlds/lost-answers.ts';

/* The canary with the built functions: what they put into S3 and print, and how the packaged alarm evaluates it. */

const sandbox = 'sandbox:CvCourierCanaryAAAAAAAAA';
const keyOf = (id: string): string => keyAt(placeOf(sandbox, id), 'canary.pdf');

const template = await deployed({
  keyTemplates: '{integration_id}/candidates/{candidate_id}/{type}/{filename}',
  canaryKey: keyOf('canary'),
});

interface World {
  readonly functions: BuiltFunctions;
  readonly alarms: CloudWatchAlarms;
  /** The values of the gauge that the runs have printed. */
  readonly late: readonly number[];
  schedule(forMs: number, everyMs?: number): Promise<void>;
  /** S3 sends the event of the newest canary. */
  sendEvent(): Promise<void>;
}

const start = async (id: string, canaryKey = keyOf(id)): Promise<World> => {
  const lines: string[] = [];
  const late: number[] = [];
  const functions = await startBuiltFunctions({
    integrations: [sandbox],
    movesTime: true,
    parallelRuns: 2,
    settings: { RETRY_BASE_SECONDS: '30', READ_BACK_AFTER_SECONDS: '60', CANARY_KEY: canaryKey },
    onLine: (line) => void lines.push(line),
  });
  onTestFinished(functions.end);
  const alarms = cloudWatchAlarms(template, functions.now());
  return {
    functions,
    alarms,
    late,
    schedule: async (forMs, everyMs = 5 * minuteMs) => {
      for (let passedMs = 0; passedMs < forMs; passedMs += everyMs) {
        await functions.advance(everyMs);
        // With the sweep, which must not find objects without an event.
        await functions.run({});
        for (const line of lines.splice(0)) {
          alarms.take(line);
          const [, seconds] = /"CanaryLate":(\d+)/.exec(line) ?? [];
          if (seconds !== undefined) late.push(Number(seconds));
        }
        alarms.evaluateUntil(functions.now());
      }
    },
    sendEvent: async () => {
      const object = functions.putUnder(canaryKey).at(-1);
      if (!object) throw new Error('There is no canary in the bucket.');
      await functions.send(object);
    },
  };
};

const attachedTo = ({ functions }: World, id: string): number =>
  functions.kombo.attachments({ target: { kind: 'candidate', id } }).length;

test('a canary a day reaches Kombo through its event, and raises no alarm', async () => {
  const world = await start('daily');
  await world.schedule(10 * minuteMs);
  expect(world.late.at(-1)).toBeGreaterThanOrEqual(295);
  await world.sendEvent();
  await world.schedule(5 * minuteMs);
  expect([attachedTo(world, 'daily'), world.late.at(-1)]).toEqual([1, 0]);
  await world.schedule(23 * hourMs, hourMs);
  // Frequent runs again once the next one is put, because an hour without its event raises the alarm.
  await world.schedule(hourMs);
  await world.sendEvent();
  await world.schedule(5 * minuteMs);
  const etags = world.functions.putUnder(keyOf('daily')).map(({ etag }) => etag);
  expect([new Set(etags).size, etags.length, attachedTo(world, 'daily')]).toEqual([2, 2, 2]);
  expect([world.late.at(-1), world.alarms.told('canary')]).toEqual([0, 0]);
});

test('a canary whose event is lost raises an alarm after an hour, even with the sweep, until the next one is attached', async () => {
  const world = await start('silent');
  await world.schedule(hourMs);
  expect(world.alarms.on()).toEqual([]);
  await world.schedule(15 * minuteMs);
  expect(world.alarms.on()).toEqual(['canary']);
  await world.schedule(dayMs, hourMs);
  expect([world.functions.putUnder(keyOf('silent')).length, world.alarms.on()]).toEqual([
    2,
    expect.arrayContaining(['canary']),
  ]);
  expect(attachedTo(world, 'silent')).toBe(0);
  await world.sendEvent();
  await world.schedule(30 * minuteMs);
  expect([world.alarms.on(), world.alarms.told('canary')]).toEqual([[], 1]);
});

test('a canary that Kombo refuses raises an alarm after an hour', async () => {
  const world = await start('refused');
  world.functions.kombo.apiKeys.revoke();
  await world.schedule(5 * minuteMs);
  await world.sendEvent();
  await world.schedule(75 * minuteMs);
  expect(world.alarms.on().toSorted()).toEqual(['canary', 'pauses']);
  world.functions.kombo.apiKeys.restore();
  await world.schedule(hourMs);
  expect([world.alarms.on(), attachedTo(world, 'refused')]).toEqual([[], 1]);
});
