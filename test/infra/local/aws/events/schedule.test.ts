import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startSchedule } from '../../../../../infra/local/aws/events/schedule.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-03-01T10:00:00.000Z') });
});
afterEach(() => {
  vi.useRealTimers();
});

test('the local schedule runs at its rate, with the event that a rule sends, until it is stopped', async () => {
  const events: unknown[] = [];
  const stop = startSchedule(15_000, 'eu-central-1', async (event) => events.push(event));
  await vi.advanceTimersByTimeAsync(30_000);
  expect(events).toMatchObject([
    {
      source: 'aws.events',
      'detail-type': 'Scheduled Event',
      time: '2026-03-01T10:00:15.000Z',
      region: 'eu-central-1',
      detail: {},
    },
    { time: '2026-03-01T10:00:30.000Z' },
  ]);
  stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(events).toHaveLength(2);
});

test('the local schedule starts no run while an earlier one is in progress', async () => {
  let runs = 0;
  const stop = startSchedule(1_000, 'eu-central-1', async () => {
    runs += 1;
    await new Promise((resolve) => setTimeout(resolve, 2_500));
  });
  await vi.advanceTimersByTimeAsync(3_400);
  expect(runs).toBe(1);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(runs).toBe(2);
  stop();
});
