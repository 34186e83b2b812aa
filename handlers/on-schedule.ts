import type { Context } from 'aws-lambda';
import { compareSamples, type SampleReport } from '../lib/runs/compare-samples.ts';
import { type ReprocessReport, reprocess } from '../lib/runs/reprocess.ts';
import { type SweepReport, sweep } from '../lib/runs/sweep.ts';
import { measure } from '../lib/telemetry/metrics.ts';
import { parseScheduleEvent } from './events/schedule-event.ts';
import { withMiddleware } from './middleware.ts';
import { runtime } from './runtime.ts';
import { deadlineOf, runOptions } from './time-budget.ts';

export interface ScheduleAnswer {
  /** One sentence for the operator. */
  readonly summary: string;
  readonly due?: ReprocessReport;
  readonly samples?: SampleReport;
  readonly sweep?: SweepReport;
}

/** Does what is due, then sweeps. Runs may overlap, and may be started by hand at any time. */
export const handler = withMiddleware(async (event: unknown, context: Context): Promise<ScheduleAnswer> => {
  const parsed = parseScheduleEvent(event);
  if (parsed.kind === 'refused') throw new Error(parsed.detail);
  const courier = runtime();
  const deadline = deadlineOf(context, courier.clock);
  const options = runOptions(courier.settings, deadline);
  try {
    const due = parsed.tasks.includes('due') ? await reprocess(options, courier) : undefined;
    if (due) measureDue(due);
    const samples = due && (await compareSamples(options, courier));
    const swept = parsed.tasks.includes('sweep') ? await sweep(options, courier) : undefined;
    const answer = {
      summary: summaryOf(due, swept),
      ...(due && { due }),
      ...(samples && { samples }),
      ...(swept && { sweep: swept }),
    };
    courier.log.info('Scheduled run done.', { ...answer });
    // A run that throws must not count: the alarm "no schedule run" would stay quiet while nothing is sent again.
    measure('ScheduleRuns', 1);
    return answer;
  } finally {
    deadline.clear();
  }
});

const measureDue = ({ due, left, oldestDueMs, openPauses }: ReprocessReport): void => {
  measure('DueBacklog', left);
  measure('OldestDueAge', due === 0 ? 0 : Math.round(oldestDueMs / 1000));
  measure('OpenPauses', openPauses);
};

const summaryOf = (due: ReprocessReport | undefined, swept: SweepReport | undefined): string => {
  const sentences: string[] = [];
  if (due) {
    const ended = Object.entries(due.outcomes).map(([status, count]) => `${count} ${status}`);
    sentences.push(
      due.due === 0
        ? 'Nothing was due.'
        : `${due.due} due: ${[...ended, `${due.left} left for the next run`].join(', ')}.`,
    );
    if (due.openPauses > 0) sentences.push(`${due.openPauses} pauses are open.`);
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
