import { type GaugesCourier, readGauges } from './gauges.ts';
import { lastReading, noteReading } from './last-reading.ts';
import type { Gauges } from './run-report.ts';

/**
 * Reads and reports the gauges, so that a cause which began after the previous reading is reported as new. The reading
 * time is stored only if all gauges could be read. Otherwise, the causes are new again for the next run. Never throws.
 */
export const tellGauges = async (courier: GaugesCourier, tell: (gauges: Gauges) => void): Promise<Gauges> => {
  const { table, clock } = courier;
  const readAt = clock.now();
  const last = await lastReading(table).catch(() => undefined);
  const gauges = await readGauges(courier, last);
  tell(gauges);
  // Without the stored time, a cause is reported twice, which is no reason to end a run.
  if (last && gauges.isComplete) await noteReading(readAt, last, table).catch(() => undefined);
  return gauges;
};
