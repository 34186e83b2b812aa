import type { Context } from 'aws-lambda';
import type { Gauges } from '../lib/runs/gauges.ts';
import { type RunReport, scheduledRun } from '../lib/runs/scheduled-run.ts';
import { flushMetrics, measure } from '../lib/telemetry/metrics.ts';
import { parseScheduleEvent } from './events/schedule-event.ts';
import { withMiddleware } from './middleware.ts';
import { runtime } from './runtime.ts';
import { deadlineOf, runOptions } from './time-budget.ts';

export interface ScheduleAnswer extends RunReport {
  /** One sentence for the operator. */
  readonly summary: string;
}

/** Does what is due, then sweeps. Runs may overlap, and may be started by hand at any time. */
export const handler = withMiddleware(async (event: unknown, context: Context): Promise<ScheduleAnswer> => {
  const parsed = parseScheduleEvent(event);
  if (parsed.kind === 'refused') throw new Error(parsed.detail);
  const courier = runtime();
  const deadline = deadlineOf(context, courier.clock);
  const options = runOptions(courier.settings, deadline);
  try {
    const report = await scheduledRun(parsed.tasks, options, courier, measureGauges);
    const answer = { summary: summaryOf(report), ...report };
    courier.log.info('Scheduled run done.', { ...answer });
    // A run that throws must not count: the alarm "no schedule run" would stay quiet while nothing is sent again.
    measure('ScheduleRuns', 1);
    return answer;
  } finally {
    deadline.clear();
  }
});

/** Flushed at once: whatever becomes of this run, the alarms know how things stood when it began. */
const measureGauges = ({ held, rejectedLastDay, waiting, unknown, oldestWaitingMs, paused }: Gauges): void => {
  measure('HeldFiles', held);
  measure('RejectedLastDay', rejectedLastDay);
  measure('WaitingFiles', waiting);
  measure('UnknownFiles', unknown);
  measure('OldestWaitingAge', Math.round(oldestWaitingMs / 1000));
  measure('OpenPauses', paused);
  flushMetrics();
};

const summaryOf = ({ due, sweep: swept }: RunReport): string => {
  const sentences: string[] = [];
  if (due) {
    const ended = Object.entries(due.outcomes).map(([status, count]) => `${count} ${status}`);
    sentences.push(ended.length === 0 ? 'Nothing was due.' : `Of what was due: ${ended.join(', ')}.`);
    if (due.left > 0) sentences.push(`${due.left} left for the next run.`);
    if (due.lanesLeft) sentences.push('There are integrations that this run did not get to; the next one does.');
    if (due.opened > 0) sentences.push(`${due.opened} pauses have ended.`);
    if (due.unreadable > 0) sentences.push(`${due.unreadable} records cannot be read.`);
  }
  if (swept) {
    const { listed, found, unreadable, finished } = swept;
    sentences.push(
      `The sweep listed ${listed} objects and found ${found} without a ledger record (their events were lost).`,
    );
    if (unreadable > 0)
      sentences.push('It skipped a prefix, because its cursor cannot be read. The log says which one, and what to do.');
    else if (!finished) sentences.push('It is not finished; the next run continues.');
  }
  return sentences.join(' ');
};
