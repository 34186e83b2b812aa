import { vi } from 'vitest';

/** A line of metrics, as CloudWatch would read it from the log. */
export type MetricLine = Readonly<Record<string, unknown>>;

/** What the handlers send to CloudWatch from here on; `vi.restoreAllMocks` ends it. */
export const metricLines = async (): Promise<readonly MetricLine[]> => {
  // Imported late: it reads the environment that a world sets.
  const { metrics } = await import('../../lib/telemetry/metrics.ts');
  const lines: MetricLine[] = [];
  vi.spyOn(metrics, 'publishStoredMetrics').mockImplementation(() => {
    lines.push({ ...metrics.serializeMetrics() });
    metrics.clearMetrics();
    metrics.clearMetadata();
    return metrics;
  });
  return lines;
};
