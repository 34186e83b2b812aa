import { expect, test } from 'vitest';
import { wordOf } from '../../infra/handler-names.ts';
import { deployed } from './template/deployed.ts';
import { functionNames } from './template/service.ts';
import { at, type JsonObject, objectsIn, resourcesOf, type Template } from './template/template.ts';

const canary = {
  keyTemplates: 'candidates/{candidate_id}/{filename}|canary/{integration_id}/{candidate_id}/{filename}',
  canaryKey: 'canary/sandbox:8d1hpPsbjxUkoCoa1veLZGe5/8Xi6iZrwusZqJmDGXs49GBmJ/canary.pdf',
};

const template = await deployed({ attachWithinSeconds: '600', outcomeBus: 'default', ...canary });
const withoutOptional = await deployed({ outcomeBus: 'default' });

/** One metric of an alarm: namespace, name, statistic and period. */
const metricOf = (metric: JsonObject, statistic: unknown, periodSeconds: unknown): string => {
  const dimensions = objectsIn(metric.Dimensions).map(({ Name, Value }) => `${Name}=${Value}`);
  return `${statistic} of ${metric.Namespace} ${metric.MetricName} ${dimensions.join()} per ${periodSeconds} s`;
};

/** An alarm in words: its metric, when it is raised, and how it treats missing data. */
const inWords = (own: JsonObject): readonly string[] => {
  const parts = objectsIn(own.Metrics).map((part) => {
    const stat = at(part, 'MetricStat');
    const metric = objectsIn(at(stat, 'Metric'))[0];
    if (metric === undefined) return `${part.Id} = ${part.Expression}`;
    const shown = part.ReturnData === false ? '' : ' (shown)';
    return `${part.Id} = ${metricOf(metric, at(stat, 'Stat'), at(stat, 'Period'))}${shown}`;
  });
  const periods = Number(own.EvaluationPeriods);
  return [
    ...(parts.length > 0 ? parts : [metricOf(own, own.Statistic ?? own.ExtendedStatistic, own.Period)]),
    `${own.ComparisonOperator} ${own.Threshold}`,
    `${Number(own.DatapointsToAlarm ?? periods)} of ${periods}`,
    `silence is ${own.TreatMissingData}`,
  ];
};

const alarms = (from: Template) =>
  Object.fromEntries(resourcesOf(from, 'AWS::CloudWatch::Alarm').map(([id, own]) => [id, inWords(own)]));

const above0 = 'GreaterThanThreshold 0';
const quiet = 'silence is notBreaching';
const lambda = 'Sum of AWS/Lambda';
const named = 'FunctionName=cv-courier-dev';
const pipe = 'Sum of AWS/EventBridge/Pipes';
const ofPipe = 'PipeName=cv-courier-dev-outcomes';

/** The last value that a scheduled run has sent. Missing data changes nothing, so that a dead schedule clears no alarm. */
const gauge = (name: string, above = 0): readonly string[] => [
  `Maximum of cv-courier ${name} service=cv-courier-dev per 300 s`,
  `GreaterThanThreshold ${above}`,
  '1 of 1',
  'silence is ignore',
];

const expected: Readonly<Record<string, readonly string[]>> = {
  HeldAlarm: gauge('HeldFiles'),
  HeldNewAlarm: gauge('HeldNew'),
  RejectedAlarm: gauge('RejectedLastDay'),
  RejectedNewAlarm: gauge('RejectedNew'),
  OldestWaitingAlarm: gauge('OldestWaitingAge', 86_400),
  PausesAlarm: gauge('PagingPauses'),
  PausesNewAlarm: gauge('PausesNew'),
  UnreadableAlarm: gauge('UnreadableRecords'),
  UnaccountedAlarm: gauge('Unaccounted'),
  SweepStoppedAlarm: gauge('SweepAge', 86_400),
  CanaryAlarm: gauge('CanaryLate', 3_600),
  FailureQueueAlarm: [
    'Maximum of AWS/SQS ApproximateNumberOfMessagesVisible QueueName=cv-courier-dev-failures per 300 s',
    above0,
    '1 of 1',
    'silence is ignore',
  ],
  // For 24 hours after the last one.
  RefusedEventsAlarm: ['Sum of cv-courier RefusedEvents service=cv-courier-dev per 300 s', above0, '1 of 288', quiet],
  SlowAlarm: [
    'p99 of cv-courier TimeToAttached service=cv-courier-dev per 3600 s',
    'GreaterThanThreshold 600',
    '1 of 1',
    quiet,
  ],
  // Here missing data is the fault: a schedule that does not run sends nothing.
  NoScheduleRunAlarm: [
    'Sum of cv-courier ScheduleRuns service=cv-courier-dev per 300 s',
    'LessThanThreshold 1',
    '6 of 6',
    'silence is breaching',
  ],
  ErrorsAlarm: [
    `all = ${functionNames.map((name) => `FILL(${wordOf(name)}, 0)`).join(' + ')}`,
    ...functionNames.map((name) => `${wordOf(name)} = ${lambda} Errors ${named}-${name} per 300 s`),
    above0,
    // Three periods, because AWS retries after a single error.
    '3 of 6',
    quiet,
  ],
  ThrottlesAlarm: [
    'all = FILL(upload, 0) + FILL(schedule, 0)',
    `upload = ${lambda} Throttles ${named}-on-upload per 300 s`,
    `schedule = ${lambda} Throttles ${named}-on-schedule per 300 s`,
    above0,
    '6 of 6',
    quiet,
  ],
  OutcomePipeFailedAlarm: [
    'all = FILL(failed, 0) + FILL(partly, 0) + FILL(late, 0)',
    `failed = ${pipe} ExecutionFailed ${ofPipe} per 300 s`,
    `partly = ${pipe} ExecutionPartiallyFailed ${ofPipe} per 300 s`,
    `late = ${pipe} ExecutionTimeout ${ofPipe} per 300 s`,
    above0,
    '3 of 3',
    quiet,
  ],
  OutcomesNotToldAlarm: [
    'silent = IF(FILL(attached, 0) + FILL(rejected, 0) + FILL(superseded, 0) > 0 AND FILL(told, 0) == 0, 1, 0)',
    'attached = Sum of cv-courier Attached service=cv-courier-dev per 3600 s',
    'rejected = Sum of cv-courier Rejected service=cv-courier-dev per 3600 s',
    'superseded = Sum of cv-courier Superseded service=cv-courier-dev per 3600 s',
    `told = ${pipe} EventCount ${ofPipe} per 3600 s`,
    above0,
    '2 of 24',
    quiet,
  ],
  OutcomeQueueAlarm: [
    'Maximum of AWS/SQS ApproximateNumberOfMessagesVisible QueueName=cv-courier-dev-outcome-failures per 300 s',
    above0,
    '1 of 1',
    'silence is ignore',
  ],
};

test('each alarm has the intended metric, threshold, number of periods and treatment of missing data', () => {
  expect(alarms(template)).toEqual(expected);
});

test('alarms on the time to attach and on the canary, and their widgets, exist only with their options', async () => {
  const { SlowAlarm: _, CanaryAlarm: __, ...others } = expected;
  expect(alarms(withoutOptional)).toEqual(others);
  const bodies = [template, withoutOptional].map((one) =>
    resourcesOf(one, 'AWS::CloudWatch::Dashboard')
      .map(([, own]) => String(own.DashboardBody))
      .join(),
  );
  for (const part of [':alarm:cv-courier-dev-slow', ':alarm:cv-courier-dev-canary', 'CanaryLate'])
    expect(bodies.map((body) => body.includes(part))).toEqual([true, false]);
  for (const body of bodies) expect(() => JSON.parse(body)).not.toThrow();
});
