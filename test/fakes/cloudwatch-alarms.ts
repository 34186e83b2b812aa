import { at, type JsonObject, objectsIn, resourcesOf, type Template } from '../infra/template/template.ts';

/**
 * How CloudWatch evaluates the metric lines of the functions with the alarms of a packaged template: statistic, period, M of N
 * and missing data as its user guide describes them. Only alarms on one metric of the namespace cv-courier.
 * @see Amazon CloudWatch User Guide, "Configuring how CloudWatch alarms treat missing data"
 */
export interface CloudWatchAlarms {
  /** The names of the alarms, without that of the stack. */
  readonly names: readonly string[];
  /** A line that a function has printed; anything else is ignored. */
  take(line: string): void;
  /** Evaluates each alarm every minute, from the last time on. */
  evaluateUntil(now: number): void;
  /** The alarms that are on. */
  on(): readonly string[];
  /** How often an alarm has notified its topic. It does so only when it changes to ALARM. */
  told(name: string): number;
  /** The sum of a metric since the start of the test. */
  total(metric: string): number;
}

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
export type Datapoint = 'good' | 'breaching' | 'missing';

export interface Rule {
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly missing: 'ignore' | 'breaching' | 'notBreaching';
}

/** CloudWatch retrieves more data points than it evaluates. How many is not documented; in the guide's example it is two. */
export const furtherPeriods = 2;

/**
 * The next state of an alarm.
 * @param points of the whole range that is retrieved, oldest first
 */
export const nextState = (
  points: readonly Datapoint[],
  { evaluationPeriods, datapointsToAlarm, missing }: Rule,
  state: AlarmState,
): AlarmState => {
  const real = points.filter((point) => point !== 'missing').slice(-evaluationPeriods);
  const breaching = real.filter((point) => point === 'breaching').length;
  if (breaching >= datapointsToAlarm) return 'ALARM';
  if (real.length === evaluationPeriods) return 'OK';
  switch (missing) {
    case 'breaching':
      return breaching + evaluationPeriods - real.length >= datapointsToAlarm ? 'ALARM' : 'OK';
    case 'notBreaching':
      return 'OK';
    case 'ignore':
      return real.includes('good') ? 'OK' : state;
  }
};

interface Alarm extends Rule {
  readonly name: string;
  readonly metric: string;
  readonly statistic: string;
  readonly periodMs: number;
  readonly isBreaching: (value: number) => boolean;
}

interface Sample {
  readonly at: number;
  readonly value: number;
}

export const cloudWatchAlarms = (template: Template, startAt: number): CloudWatchAlarms => {
  const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm')
    .filter(([, own]) => own.Namespace === 'cv-courier')
    .map(([, own]) => alarmOf(own));
  const samples = new Map<string, Sample[]>();
  const states = new Map<string, AlarmState>();
  const told = new Map<string, number>();
  let evaluatedAt = startAt;

  const evaluate = (alarm: Alarm, now: number): void => {
    const before = states.get(alarm.name) ?? 'INSUFFICIENT_DATA';
    const state = nextState(pointsOf(alarm, samples.get(alarm.metric) ?? [], now), alarm, before);
    states.set(alarm.name, state);
    if (state === 'ALARM' && before !== 'ALARM') told.set(alarm.name, (told.get(alarm.name) ?? 0) + 1);
  };

  return {
    names: alarms.map(({ name }) => name),
    take: (line) => {
      for (const { metric, ...sample } of samplesIn(line))
        samples.set(metric, [...(samples.get(metric) ?? []), sample]);
    },
    evaluateUntil: (now) => {
      for (; evaluatedAt + minuteMs <= now; evaluatedAt += minuteMs)
        for (const alarm of alarms) evaluate(alarm, evaluatedAt + minuteMs);
    },
    on: () => alarms.map(({ name }) => name).filter((name) => states.get(name) === 'ALARM'),
    told: (name) => told.get(name) ?? 0,
    total: (metric) => (samples.get(metric) ?? []).reduce((sum, { value }) => sum + value, 0),
  };
};

const minuteMs = 60_000;

const alarmOf = (own: JsonObject): Alarm => {
  const threshold = Number(own.Threshold);
  const evaluationPeriods = Number(own.EvaluationPeriods);
  return {
    name: String(own.AlarmName).replace('cv-courier-dev-', ''),
    metric: String(own.MetricName),
    statistic: String(own.Statistic ?? own.ExtendedStatistic),
    periodMs: Number(own.Period) * 1_000,
    evaluationPeriods,
    datapointsToAlarm: Number(own.DatapointsToAlarm ?? evaluationPeriods),
    missing: treatmentOf(own.TreatMissingData),
    isBreaching: (value) => (own.ComparisonOperator === 'LessThanThreshold' ? value < threshold : value > threshold),
  };
};

const treatmentOf = (text: unknown): Rule['missing'] => {
  if (text === 'ignore' || text === 'breaching' || text === 'notBreaching') return text;
  throw new Error(`This model does not know how missing data is treated as ${text}.`);
};

/** The window slides: its periods end now, and are not those of the clock. */
const pointsOf = (
  { periodMs, evaluationPeriods, statistic, isBreaching }: Alarm,
  samples: readonly Sample[],
  now: number,
): readonly Datapoint[] => {
  const count = evaluationPeriods + furtherPeriods;
  const values: number[][] = Array.from({ length: count }, () => []);
  for (const { at: when, value } of samples) {
    const back = Math.floor((now - when) / periodMs);
    if (when <= now && back < count) values[count - 1 - back]?.push(value);
  }
  return values.map((period) => {
    if (period.length === 0) return 'missing';
    return isBreaching(summedUp(period, statistic)) ? 'breaching' : 'good';
  });
};

const summedUp = (values: readonly number[], statistic: string): number => {
  switch (statistic) {
    case 'Maximum':
      return Math.max(...values);
    case 'Sum':
      return values.reduce((sum, value) => sum + value, 0);
    case 'p99':
      return values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.99) - 1] ?? 0;
    default:
      throw new Error(`This model does not know the statistic ${statistic}.`);
  }
};

const samplesIn = (line: string): readonly (Sample & { readonly metric: string })[] => {
  if (!line.includes('"CloudWatchMetrics"')) return [];
  const parsed: JsonObject = JSON.parse(line);
  const when = Number(at(parsed, '_aws', 'Timestamp'));
  return objectsIn(at(parsed, '_aws', 'CloudWatchMetrics', 0, 'Metrics')).flatMap(({ Name }) => {
    const value = parsed[String(Name)];
    const values = Array.isArray(value) ? value : [value];
    return values.map((one) => ({ metric: String(Name), at: when, value: Number(one) }));
  });
};
