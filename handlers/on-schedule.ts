import type { Context } from 'aws-lambda';
import { type ReprocessReport, reprocess } from '../lib/runs/reprocess.ts';
import { type SweepReport, sweep } from '../lib/runs/sweep.ts';
import { measure } from '../lib/telemetry/metrics.ts';
import { parseScheduleEvent, type Task } from './events/schedule-event.ts';
import { withStack } from './middleware.ts';
import { runOptions } from './run-options.ts';
import { runtime } from './runtime.ts';
import { deadlineOf } from './time-budget.ts';

export interface ScheduleAnswer {
  /** One sentence for a person. */
  readonly summary: string;
  readonly due?: ReprocessReport;
  readonly sweep?: SweepReport;
}

/** What is due first, then the sweep. Runs may overlap, and may be started by hand at any time. */
export const handler = withStack(async (event: unknown, context: Context): Promise<ScheduleAnswer> => {
  const parsed = parseScheduleEvent(event);
  if (parsed.kind === 'refused') throw new Error(parsed.detail);
  const { config, ...deps } = runtime();
  const deadline = deadlineOf(context, deps.clock);
  const options = runOptions(config, deadline);
  try {
    const due = wants(parsed.tasks, 'due') ? await reprocess(options, deps) : undefined;
    if (due) measureDue(due);
    const swept = wants(parsed.tasks, 'sweep') ? await sweep(options, config, deps) : undefined;
    const answer = { summary: summaryOf(due, swept), ...(due && { due }), ...(swept && { sweep: swept }) };
    deps.log.info('Scheduled run done.', { ...answer });
    // A run that throws must not count: the alarm "no schedule run" would stay quiet while nothing is tried again.
    measure('ScheduleRuns', 1);
    return answer;
  } finally {
    deadline.clear();
  }
});

const wants = (tasks: readonly Task[], task: Task): boolean => tasks.includes(task);

const measureDue = ({ due, left, oldestDueMs, openPauses }: ReprocessReport): void => {
  measure('DueBacklog', left);
  measure('OldestDueAge', due === 0 ? 0 : Math.round(oldestDueMs / 1000));
  measure('BreakerOpen', openPauses);
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
    sentences.push(`The sweep saw ${swept.listed} objects and found ${swept.found} that nobody had told of.`);
    if (swept.unreadable > 0)
      sentences.push('It is stopped: a cursor cannot be read. The log says which, and what to do.');
    else if (!swept.finished) sentences.push('It is not through yet; the next run goes on.');
  }
  return sentences.join(' ');
};
