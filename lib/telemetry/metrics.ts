import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/** The dashboard and the alarms use these names; a test compares them with the template. */
export const metricUnits = {
  Attached: MetricUnit.Count,
  AlreadyAttached: MetricUnit.Count,
  Waiting: MetricUnit.Count,
  Unknown: MetricUnit.Count,
  Held: MetricUnit.Count,
  Rejected: MetricUnit.Count,
  Superseded: MetricUnit.Count,
  Warnings: MetricUnit.Count,
  /** Kombo sent a code that the failure table does not have yet. */
  UnlistedCodes: MetricUnit.Count,
  BytesSent: MetricUnit.Bytes,
  KomboLatency: MetricUnit.Milliseconds,
  /** Gauges, read when a scheduled run begins; each count stops at 1,000. */
  HeldFiles: MetricUnit.Count,
  RejectedLastDay: MetricUnit.Count,
  WaitingFiles: MetricUnit.Count,
  UnknownFiles: MetricUnit.Count,
  /** Since the oldest upload came that waits. */
  OldestWaitingAge: MetricUnit.Seconds,
  OpenPauses: MetricUnit.Count,
  ScheduleRuns: MetricUnit.Count,
  /** Objects that the last finished pass of the sweep could neither find nor write in the ledger. */
  Unaccounted: MetricUnit.Count,
  /** Since the end of the last finished pass of the sweep. */
  SweepAge: MetricUnit.Seconds,
} as const;

export type MetricName = keyof typeof metricUnits;
export const metricNames = Object.keys(metricUnits) as readonly MetricName[];

/** Counts and measures of one invocation; sent with the log when it ends, without a call to CloudWatch. */
export type Measure = (name: MetricName, value: number) => void;

export const metrics = new Metrics({ namespace: 'cv-courier' });

/** Sends what was measured so far, before the invocation goes on. */
export const flushMetrics = (): void => void metrics.publishStoredMetrics();

export const measure: Measure = (name, value) => metrics.addMetric(name, metricUnits[name], value);
