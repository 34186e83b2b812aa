import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { metricLines } from '../fakes/metric-lines.ts';
import { startLoopback } from '../worlds/loopback.ts';

const loopback = await startLoopback();
afterAll(loopback.stop);
afterEach(() => vi.restoreAllMocks());

test.each([7, 'due', [], { task: 'everything' }])(
  'the event %j of on-schedule is refused with the accepted forms',
  async (event) => {
    const lines = await metricLines();
    const { logger } = await import('../../lib/telemetry/logger.ts');
    const logged = vi.spyOn(logger, 'error').mockImplementation(() => undefined);
    await expect(loopback.invoke('on-schedule', event)).rejects.toThrow('{"task":"due"}');
    expect(lines).toEqual([expect.objectContaining({ RefusedEvents: 1, code: 'EVENT_UNKNOWN' })]);
    expect(logged).toHaveBeenCalledWith('The event is refused.', expect.objectContaining({ code: 'EVENT_UNKNOWN' }));
  },
);

test('an upload whose event was lost is found by the sweep alone, and sent by the next run', async () => {
  // The first run sets the date from which the sweep is responsible for objects.
  expect(await loopback.invoke('on-schedule', { task: 'sweep' })).toMatchObject({ sweep: { pass: 'finished' } });
  await loopback.put('candidates/GRKsweep/CV.pdf');
  expect(await loopback.invoke('on-schedule', { task: 'sweep' })).toMatchObject({
    summary: expect.stringMatching(/found 1 without a ledger record \(their events were lost\)\.$/),
    sweep: { found: 1, pass: 'finished', outcomes: { waiting: 1 } },
  });
  expect(loopback.kombo.attachments({ target: { kind: 'candidate', id: 'GRKsweep' } })).toEqual([]);
  expect(await loopback.invoke('on-schedule', {})).toMatchObject({
    summary: expect.stringMatching(/No sweep is due\.$/),
    gauges: { held: 0, paused: 0 },
    due: { lanes: 1, left: 0, lanesLeft: false, expired: 0, opened: 0, outcomes: { attached: 1 } },
    sweep: { pass: 'not due' },
  });
  expect(loopback.kombo.attachments({ target: { kind: 'candidate', id: 'GRKsweep' } })).toHaveLength(1);
});

test('a sweep that an operator must fix first says so, and not that the next run continues', async () => {
  const { table } = (await import('../../handlers/runtime.ts')).runtime();
  const cursor = await table.get('sweep');
  const version = cursor?.version ?? 0;
  const garbled = { pk: 'sweep', version: version + 1, document: '{"since":"yesterday"}' };
  await table.put(garbled, version === 0 ? { kind: 'absent' } : { kind: 'unchanged', version });
  expect(await loopback.invoke('on-schedule', { task: 'sweep' })).toMatchObject({
    summary: expect.stringMatching(
      /No sweep ran, because the item of the sweep cannot be read\. The log says what to do\.$/,
    ),
    sweep: { pass: 'damaged' },
  });
  await table.delete('sweep', { kind: 'unchanged', version: version + 1 });
});

test('a file of a paused integration is sent by the next run after the pause has ended', async () => {
  const integration_id = 'greenhouse:CvCourierGreenhouseAAAAA';
  await loopback.put('candidates/GRKheld/CV.pdf');
  await loopback.invoke('on-demand', { action: 'pause', integration_id, reason: 'The ATS moves.' });
  const attach = { action: 'attach', key: 'candidates/GRKheld/CV.pdf' };
  expect(await loopback.invoke('on-demand', attach)).toMatchObject({ files: [{ code: 'INTEGRATION_PAUSED' }] });
  expect(await loopback.invoke('on-schedule', { task: 'due' })).toMatchObject({
    summary: 'Nothing was due. 1 pause is active.',
    gauges: { paused: 1 },
  });
  await loopback.invoke('on-demand', { action: 'resume', integration_id, reason: 'It has moved.' });
  const answer = await loopback.invoke('on-schedule', { task: 'due' });
  expect(answer).toMatchObject({
    summary: 'Files that were due: 1 attached.',
    gauges: { paused: 0 },
    due: { outcomes: { attached: 1 }, left: 0 },
  });
  expect(answer).not.toHaveProperty('sweep');
});

test('a pause whose cause is gone ends in a run, and the summary says so', async () => {
  const id = 'greenhouse:CvCourierGreenhouseAAAAA';
  await loopback.put('candidates/GRKback/CV.pdf');
  loopback.kombo.integrations.change(id, { status: 'INACTIVE' });
  await loopback.invoke('on-demand', { action: 'attach', key: 'candidates/GRKback/CV.pdf' });
  expect(await loopback.invoke('on-schedule', { task: 'due' })).toMatchObject({ due: { opened: 0, outcomes: {} } });
  loopback.kombo.integrations.change(id, { status: 'ACTIVE' });
  // The pause is read again after some minutes; here they have passed.
  const { lanes, clock } = (await import('../../handlers/runtime.ts')).runtime();
  await lanes.change(id, (lane) =>
    lane.pause?.end ? { ...lane, pause: { ...lane.pause, end: { ...lane.pause.end, nextAt: clock.now() } } } : lane,
  );
  expect(await loopback.invoke('on-schedule', { task: 'due' })).toMatchObject({
    summary: 'Files that were due: 1 attached. 1 pause has ended.',
    due: { opened: 1, outcomes: { attached: 1 } },
  });
});

describe('the metrics of a run', () => {
  const gauges = { HeldFiles: 0, RejectedLastDay: 0, UnknownFiles: 0 };
  const failCallsAbout = (partition: string): void => {
    const send = DynamoDBClient.prototype.send;
    vi.spyOn(DynamoDBClient.prototype, 'send').mockImplementation(function (this: DynamoDBClient, command: object) {
      if (JSON.stringify(command).includes(partition)) throw new Error('The ledger is away.');
      return Reflect.apply(send, this, [command]);
    });
  };

  test('the metrics of a run are the gauges on a separate line, including the last sweep, then its count', async () => {
    await loopback.invoke('on-schedule', { task: 'sweep' });
    const lines = await metricLines();
    const pause = { action: 'pause', integration_id: 'greenhouse:CvCourierGreenhouseBBBBB', reason: 'The ATS moves.' };
    await loopback.invoke('on-demand', pause);
    await loopback.invoke('on-schedule', {});
    await loopback.invoke('on-demand', { ...pause, action: 'resume' });
    expect(lines).toEqual([
      expect.objectContaining({
        ...gauges,
        OpenPauses: 1,
        PagingPauses: 0,
        Unaccounted: 0,
        SweepAge: expect.any(Number),
      }),
      expect.objectContaining({ ScheduleRuns: 1 }),
    ]);
    // Each line has the field by which a log query finds what concerns one integration.
    for (const line of lines) expect(line).toMatchObject({ integration: 'all' });
    expect(lines[0]).not.toHaveProperty('ScheduleRuns');
  });

  test('the metrics of a run have how many files waited when it started, and for how many seconds the oldest', async () => {
    const { lanes, clock } = (await import('../../handlers/runtime.ts')).runtime();
    const counts = { waiting: 3, unknown: 2, oldestAt: clock.now() - 7_200_000, at: clock.now() };
    await lanes.change('greenhouse:CvCourierGreenhouseCCCCC', (lane) => ({ ...lane, nextAt: clock.now(), counts }));
    const lines = await metricLines();
    await loopback.invoke('on-schedule', { task: 'due' });
    const [first] = lines as unknown as { WaitingFiles: number; UnknownFiles: number; OldestWaitingAge: number }[];
    expect(first).toMatchObject({ WaitingFiles: 3, UnknownFiles: 2 });
    // An age in milliseconds would raise the alarm and wake the operator at night.
    expect(first?.OldestWaitingAge).toBeGreaterThanOrEqual(7_200);
    expect(first?.OldestWaitingAge).toBeLessThan(7_260);
  });

  test('the metrics of a run have the gauges even when the run fails right after them, so that no alarm misses the state', async () => {
    const lines = await metricLines();
    // The first work of a run are the leases that have ended.
    failCallsAbout('lease#');
    await expect(loopback.invoke('on-schedule', {})).rejects.toThrow('cannot be used now: Error.');
    expect(lines).toEqual([expect.objectContaining(gauges)]);
    expect(lines[0]).not.toHaveProperty('ScheduleRuns');
  });

  test('the metrics of a run leave out what could not be read, and do not count the run, because its alarm would never change', async () => {
    const lines = await metricLines();
    failCallsAbout('held#2');
    expect(await loopback.invoke('on-schedule', {})).toMatchObject({ due: { left: 0 }, gauges: { isComplete: false } });
    expect(lines).toEqual([expect.objectContaining({ RejectedLastDay: 0, UnreadableRecords: 0, PagingPauses: 0 })]);
    expect(lines[0]).not.toHaveProperty('HeldFiles');
  });
});
