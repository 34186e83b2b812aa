import { randomUUID } from 'node:crypto';

/** The event that an EventBridge rule with a rate sends. */
const createScheduledEvent = (region: string, at: Date): unknown => ({
  version: '0',
  id: randomUUID(),
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: '000000000000',
  time: at.toISOString(),
  region,
  resources: [`arn:aws:events:${region}:000000000000:rule/local-schedule`],
  detail: {},
});

/**
 * Runs the scheduled function at a fixed rate, as the rule does. A run that falls due while the previous one is still
 * running is skipped.
 * @returns a function that stops the schedule
 */
export const startSchedule = (
  everyMs: number,
  region: string,
  run: (event: unknown) => Promise<unknown>,
): (() => void) => {
  let busy = false;
  const timer = setInterval(async () => {
    if (busy) return;
    busy = true;
    await run(createScheduledEvent(region, new Date()));
    busy = false;
  }, everyMs);
  return () => clearInterval(timer);
};
