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
  /** New objects under a watched prefix whose key fits no template, reported by an event or found by the sweep. */
  KeysNotMatched: MetricUnit.Count,
  /** Objects whose event never came, which the sweep has written down as waiting. */
  EventsMissed: MetricUnit.Count,
  /** Events, records and tasks that were refused before anything in them became an upload. */
  RefusedEvents: MetricUnit.Count,
  BytesSent: MetricUnit.Bytes,
  KomboLatency: MetricUnit.Milliseconds,
  /** From the time of the event until Kombo has the file, whatever happened between. Not of files that an operator decided. */
  TimeToAttached: MetricUnit.Seconds,
  /** Gauges, read when a scheduled run begins; each count stops at 1,000. */
  HeldFiles: MetricUnit.Count,
  /** Causes that hold files since a moment ago. */
  HeldNew: MetricUnit.Count,
  RejectedLastDay: MetricUnit.Count,
  /** Causes for which files are rejected since a moment ago. */
  RejectedNew: MetricUnit.Count,
  WaitingFiles: MetricUnit.Count,
  UnknownFiles: MetricUnit.Count,
  /** Since the oldest upload came that waits. */
  OldestWaitingAge: MetricUnit.Seconds,
  OpenPauses: MetricUnit.Count,
  /** Those of them for which an operator is called: see `pagesSince`. */
  PagingPauses: MetricUnit.Count,
  /** Those of them for which one is called since a moment ago. */
  PausesNew: MetricUnit.Count,
  /** Lanes, and records that are due, which this version cannot read. */
  UnreadableRecords: MetricUnit.Count,
  ScheduleRuns: MetricUnit.Count,
  /** Objects that the last finished pass of the sweep could neither find nor write in the ledger. */
  Unaccounted: MetricUnit.Count,
  /** Since the end of the last finished pass of the sweep. */
  SweepAge: MetricUnit.Seconds,
  /** Since when a canary is owed that is not attached; 0 when the newest one is. Not sent while the canary is off. */
  CanaryLate: MetricUnit.Seconds,
} as const;

export type MetricName = keyof typeof metricUnits;
export const metricNames = Object.keys(metricUnits) as readonly MetricName[];

/** What is measured at one moment. Undefined is left out: what could not be read is not 0. */
export type MetricValues = Partial<Readonly<Record<MetricName, number | undefined>>>;

/**
 * What the values are about: fields of the line, which a log query finds. They are no dimensions, so no metric is added and
 * they cost nothing.
 */
export interface MetricFields {
  readonly integration: string;
  readonly code?: string;
}

/** In the place of an integration: a value of the whole stack, and one that cannot be attributed to any. */
export const allIntegrations = 'all';
export const noIntegration = 'none';

/**
 * Prints the values as one line, from which CloudWatch takes the metrics without a call. Immediately: a function that stops
 * later loses none, and values of two integrations are never in one line.
 */
export type Measure = (values: MetricValues, fields: MetricFields) => void;

export const metrics = new Metrics({ namespace: 'cv-courier' });

export const measure: Measure = (values, fields) => {
  for (const [name, value] of Object.entries(values) as [MetricName, number | undefined][])
    if (value !== undefined) metrics.addMetric(name, metricUnits[name], value);
  if (!metrics.hasStoredMetrics()) return;
  for (const [name, value] of Object.entries(fields)) metrics.addMetadata(name, value);
  metrics.publishStoredMetrics();
};
