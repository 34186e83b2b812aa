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
  /** Kombo sent a code that is not in the failure table yet. */
  UnlistedCodes: MetricUnit.Count,
  /** New objects under a watched prefix whose key matches no template, reported by an event or found by the sweep. */
  KeysNotMatched: MetricUnit.Count,
  /** Objects whose event never arrived, which the sweep recorded as waiting. */
  EventsMissed: MetricUnit.Count,
  /** Events, records and tasks that were refused before they became an upload. */
  RefusedEvents: MetricUnit.Count,
  BytesSent: MetricUnit.Bytes,
  KomboLatency: MetricUnit.Milliseconds,
  /**
   * Time from the event until Kombo has the file, whatever happened in between. Not measured for files that an operator
   * decided about.
   */
  TimeToAttached: MetricUnit.Seconds,
  /** Gauges, read at the start of a scheduled run. Each count stops at 1,000. */
  HeldFiles: MetricUnit.Count,
  /** Causes that started to hold files since the previous reading. */
  HeldNew: MetricUnit.Count,
  RejectedLastDay: MetricUnit.Count,
  /** Causes for which files were rejected for the first time since the previous reading. */
  RejectedNew: MetricUnit.Count,
  WaitingFiles: MetricUnit.Count,
  UnknownFiles: MetricUnit.Count,
  /** Age of the oldest waiting upload. */
  OldestWaitingAge: MetricUnit.Seconds,
  OpenPauses: MetricUnit.Count,
  /** Pauses that page an operator: see `pagesSince`. */
  PagingPauses: MetricUnit.Count,
  /** Pauses that started to page an operator since the previous reading. */
  PausesNew: MetricUnit.Count,
  /** Unreadable lanes and due records. */
  UnreadableRecords: MetricUnit.Count,
  ScheduleRuns: MetricUnit.Count,
  /** Objects that the last finished pass of the sweep could neither find nor write in the ledger. */
  Unaccounted: MetricUnit.Count,
  /** Time since the end of the last finished pass of the sweep. */
  SweepAge: MetricUnit.Seconds,
  /**
   * How long a canary has been due but not attached; 0 when the newest one is attached. Not sent while the canary is
   * off.
   */
  CanaryLate: MetricUnit.Seconds,
} as const;

export type MetricName = keyof typeof metricUnits;
export const metricNames = Object.keys(metricUnits) as readonly MetricName[];

/**
 * Values that are measured together. Undefined values are left out, because a value that could not be read is not 0.
 */
export type MetricValues = Partial<Readonly<Record<MetricName, number | undefined>>>;

/**
 * What the values belong to, as fields of the log line that queries can find. They are not dimensions, so they add no
 * metrics and cost nothing.
 */
export interface MetricFields {
  readonly integration: string;
  readonly code?: string;
}

/** Instead of an integration: a value of the whole stack, and a value that belongs to no known integration. */
export const allIntegrations = 'all';
export const noIntegration = 'none';

/**
 * Prints the values as one line, from which CloudWatch extracts the metrics without an API call. They are printed
 * immediately, so a function that stops later loses none, and values of two integrations are never in one line.
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
