import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Loopback, startLoopback } from '../worlds/loopback.ts';

let loopback: Loopback;
beforeAll(async () => {
  loopback = await startLoopback();
});
afterAll(() => loopback.stop());
afterEach(() => vi.restoreAllMocks());

test.each([7, 'due', [], { task: 'everything' }])(
  '%j is thrown back with the forms that are understood',
  async (event) => {
    await expect(loopback.invoke('on-schedule', event)).rejects.toThrow('{"task":"due"}');
  },
);

test('an upload whose event was lost is found by the sweep, and sent by the next run', async () => {
  // The first run says from when on objects are the sweep's business.
  expect(await loopback.invoke('on-schedule', { task: 'sweep' })).toMatchObject({ sweep: { pass: 'finished' } });
  await loopback.put('candidates/GRKsweep/CV.pdf');
  expect(await loopback.invoke('on-schedule', { task: 'sweep' })).toMatchObject({
    summary: expect.stringMatching(/found 1 without a ledger record \(their events were lost\)\.$/),
    sweep: { found: 1, pass: 'finished', outcomes: { waiting: 1 } },
  });
  expect(loopback.kombo.attachments({ target: { kind: 'candidate', id: 'GRKsweep' } })).toEqual([]);
  expect(await loopback.invoke('on-schedule', {})).toMatchObject({
    summary: expect.stringMatching(/No sweep is due\.$/),
    due: { due: 1, outcomes: { attached: 1 } },
    sweep: { pass: 'not due' },
  });
  expect(loopback.kombo.attachments({ target: { kind: 'candidate', id: 'GRKsweep' } })).toHaveLength(1);
});

test('a sweep that an operator must fix first says so, and does not say that the next run goes on', async () => {
  const { table } = (await import('../../handlers/runtime.ts')).runtime();
  const cursor = await table.get('sweep');
  const version = cursor?.version ?? 0;
  const garbled = { pk: 'sweep', version: version + 1, document: '{"since":"yesterday"}' };
  await table.put(garbled, version === 0 ? { kind: 'absent' } : { kind: 'unchanged', version });
  expect(await loopback.invoke('on-schedule', { task: 'sweep' })).toMatchObject({
    summary: expect.stringMatching(
      /Nothing was swept, because the item of the sweep cannot be read\. The log says what to do\.$/,
    ),
    sweep: { pass: 'damaged' },
  });
  await table.delete('sweep', { kind: 'unchanged', version: version + 1 });
});

test('what an operator released is sent by the next run', async () => {
  await loopback.put('candidates/GRKheld/CV.pdf');
  loopback.kombo.integrations.change('greenhouse:CvCourierGreenhouseAAAAA', { status: 'INACTIVE' });
  const attach = { action: 'attach', key: 'candidates/GRKheld/CV.pdf' };
  expect(await loopback.invoke('on-demand', attach)).toMatchObject({ files: [{ code: 'INTEGRATION.INACTIVE' }] });
  loopback.kombo.integrations.change('greenhouse:CvCourierGreenhouseAAAAA', { status: 'ACTIVE' });
  const resume = { action: 'resume', integration_id: 'greenhouse:CvCourierGreenhouseAAAAA', reason: 'It is on again.' };
  expect(await loopback.invoke('on-demand', resume)).toMatchObject({ ok: true, released: 1 });
  const answer = await loopback.invoke('on-schedule', { task: 'due' });
  expect(answer).toMatchObject({ due: { due: 1, outcomes: { attached: 1 }, openPauses: 0 } });
  expect(answer).not.toHaveProperty('sweep');
});

describe('the metrics of a run', () => {
  /** What the runs from here on send to CloudWatch. */
  const sent = async (): Promise<object[]> => {
    // Imported late: it reads the environment that the loopback sets.
    const { metrics } = await import('../../lib/telemetry/metrics.ts');
    const lines: object[] = [];
    vi.spyOn(metrics, 'publishStoredMetrics').mockImplementation(() => {
      lines.push(metrics.serializeMetrics());
      metrics.clearMetrics();
      return metrics;
    });
    return lines;
  };

  test('that ends are its count, the open pauses, what is due, and the last sweep', async () => {
    const lines = await sent();
    const pause = { action: 'pause', integration_id: 'greenhouse:CvCourierGreenhouseBBBBB', reason: 'The ATS moves.' };
    await loopback.invoke('on-demand', pause);
    await loopback.invoke('on-schedule', {});
    await loopback.invoke('on-demand', { ...pause, action: 'resume' });
    expect(lines).toEqual([
      expect.objectContaining({
        ScheduleRuns: 1,
        OpenPauses: 1,
        DueBacklog: 0,
        OldestDueAge: 0,
        Unaccounted: 0,
        SweepAge: 0,
      }),
    ]);
  });

  test('that has no time for what is due are how much it is, and for how many seconds the oldest waits', async () => {
    await loopback.put('candidates/GRKlate/CV.pdf');
    const integration_id = 'greenhouse:CvCourierGreenhouseAAAAA';
    const reason = 'The ATS moves.';
    await loopback.invoke('on-demand', { action: 'pause', integration_id, reason });
    await loopback.invoke('on-demand', { action: 'attach', key: 'candidates/GRKlate/CV.pdf' });
    await loopback.invoke('on-demand', { action: 'resume', integration_id, reason });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const lines = await sent();
    await loopback.invoke('on-schedule', { task: 'due' }, 1);
    await loopback.invoke('on-schedule', { task: 'due' });
    const [late, done] = lines as { DueBacklog: number; OldestDueAge: number }[];
    expect(late?.DueBacklog).toBe(1);
    expect(late?.OldestDueAge).toBeGreaterThanOrEqual(1);
    // An age in milliseconds would raise the alarm and wake the operator at night.
    expect(late?.OldestDueAge).toBeLessThan(60);
    expect(done?.DueBacklog).toBe(0);
  });

  test('that throws do not count it: the alarm "no schedule run" must hear of it', async () => {
    const lines = await sent();
    const refuseAll = async () => {
      throw new Error('The ledger is away.');
    };
    vi.spyOn(DynamoDBClient.prototype, 'send').mockImplementation(refuseAll);
    await expect(loopback.invoke('on-schedule', {})).rejects.toThrow('The ledger is away.');
    expect(lines).toEqual([]);
  });
});
