import type { Context } from 'aws-lambda';
import { s3Client } from '../lib/aws/clients.ts';
import { s3Put } from '../lib/aws/s3-put.ts';
import { OwnError } from '../lib/failures/own-error.ts';
import type { Gauges, RunReport, SweepReport } from '../lib/runs/run-report.ts';
import { scheduledRun } from '../lib/runs/scheduled-run.ts';
import { tellGauges } from '../lib/runs/tell-gauges.ts';
import { allIntegrations, type MetricValues, measure } from '../lib/telemetry/metrics.ts';
import type { PutObject } from '../lib/upload/storage.ts';
import { reportRefused } from './events/count-refused.ts';
import { parseScheduleEvent } from './events/schedule-event.ts';
import { withMiddleware } from './middleware.ts';
import { runtime } from './runtime.ts';
import { deadlineOf, runOptions } from './time-budget.ts';

export interface ScheduleAnswer extends RunReport {
  readonly gauges: Gauges;
  /** One sentence for the operator. */
  readonly summary: string;
}

/**
 * Runs the sweep and sends what is due. Runs may overlap, and may be started by hand at any time. The task `sweep`
 * alone starts a pass even if none is due.
 */
export const handler = withMiddleware(async (event: unknown, context: Context): Promise<ScheduleAnswer> => {
  const parsed = parseScheduleEvent(event);
  if (parsed.kind === 'refused') {
    reportRefused(
      'EVENT_UNKNOWN',
      parsed.detail,
      'Correct the input that something other than its own rule sends to on-schedule. The rule continues to run.',
    );
    throw new OwnError(parsed.detail);
  }
  const courier = runtime();
  const deadline = deadlineOf(context, courier.clock);
  const options = runOptions(courier.settings, deadline);
  try {
    const gauges = await tellGauges(courier, measureGauges);
    const report = await scheduledRun(parsed.tasks, options, { ...courier, putObject });
    const answer = { summary: summaryOf(gauges, report), gauges, ...report };
    courier.log.info('Scheduled run done.', { ...answer });
    // Counted only when the gauges are complete. The alarm "no schedule run" must ring when runs fail, because nothing
    // is sent then, and when the gauges are incomplete, because the other alarms could not change.
    if (gauges.isComplete) measureAll({ ScheduleRuns: 1 });
    return answer;
  } finally {
    deadline.clear();
  }
});

/** Uses a client of its own, which is created only if the stack has a canary. */
const putObject: PutObject = (object, signal) => {
  put ??= s3Put(s3Client({ forcePathStyle: runtime().settings.s3ForcePathStyle }));
  return put(object, signal);
};
let put: PutObject | undefined;

const measureAll = (values: MetricValues): void => measure(values, { integration: allIntegrations });

/** Sent before the other work, so that the alarms have current values even if this run fails. */
const measureGauges = (gauges: Gauges): void =>
  measureAll({
    HeldFiles: gauges.held,
    HeldNew: gauges.heldNew,
    RejectedLastDay: gauges.rejectedLastDay,
    RejectedNew: gauges.rejectedNew,
    WaitingFiles: gauges.waiting,
    UnknownFiles: gauges.unknown,
    OldestWaitingAge: inSeconds(gauges.oldestWaitingMs),
    OpenPauses: gauges.paused,
    PagingPauses: gauges.pagingPauses,
    PausesNew: gauges.pausesNew,
    UnreadableRecords: gauges.unreadable,
    Unaccounted: gauges.unaccounted,
    SweepAge: inSeconds(gauges.sweepAgeMs),
    CanaryLate: inSeconds(gauges.canaryLateMs),
  });

const inSeconds = (ms: number | undefined): number | undefined =>
  ms === undefined ? undefined : Math.round(ms / 1000);

const summaryOf = (gauges: Gauges, { due, sweep: swept }: RunReport): string => {
  const sentences: string[] = [];
  if (due) {
    const ended = Object.entries(due.outcomes).map(([status, count]) => `${count} ${status}`);
    if (ended.length > 0) sentences.push(`Files that were due: ${ended.join(', ')}.`);
    else if (due.left === 0 && !due.lanesLeft) sentences.push('Nothing was due.');
    if (due.left > 0) sentences.push(`${due.left} left for the next run.`);
    if (due.lanesLeft) sentences.push('This run did not reach all integrations; the next one continues.');
    if (due.opened > 0) sentences.push(due.opened === 1 ? '1 pause has ended.' : `${due.opened} pauses have ended.`);
    const paused = (gauges.paused ?? 0) - due.opened;
    if (paused > 0) sentences.push(paused === 1 ? '1 pause is active.' : `${paused} pauses are active.`);
    if (due.unreadable > 0) sentences.push(`${due.unreadable} records cannot be read.`);
  }
  if (swept) sentences.push(...sweepSentences(swept));
  return sentences.join(' ');
};

const sweepSentences = ({ pass, listed, found, unaccounted, unmatched }: SweepReport): readonly string[] => {
  const done = `The sweep listed ${listed} objects and found ${found} without a ledger record (their events were lost).`;
  const notes = [
    ...(unmatched === 0 ? [] : [`${unmatched} have a key that matches no template.`]),
    ...(unaccounted === 0 ? [] : [`${unaccounted} could not be written into the ledger; the log says why.`]),
  ];
  switch (pass) {
    case 'finished':
      return [done, ...notes];
    case 'in progress':
      return [done, ...notes, 'It is not finished; the next run continues.'];
    case 'not due':
      return ['No sweep is due.'];
    case 'taken':
      return ['Another run is sweeping.'];
    case 'no time':
      return ['There was no time for the sweep; the next run continues.'];
    case 'damaged':
      return ['No sweep ran, because the item of the sweep cannot be read. The log says what to do.'];
  }
};
