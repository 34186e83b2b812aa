import { type GaugesCourier, readGauges } from './gauges.ts';
import { lastReading, noteReading } from './last-reading.ts';
import type { Gauges } from './run-report.ts';

/**
 * Reads how things stand, and tells it once: what began since the last telling is new. It is noted only where all could be
 * read, so that what is not told now is new for the next run as well. Never throws.
 */
export const tellGauges = async (courier: GaugesCourier, tell: (gauges: Gauges) => void): Promise<Gauges> => {
  const { table, clock } = courier;
  const readAt = clock.now();
  const last = await lastReading(table).catch(() => undefined);
  const gauges = await readGauges(courier, last);
  tell(gauges);
  // Without the note a cause is told twice. That is no reason to end a run.
  if (last && gauges.isComplete) await noteReading(readAt, last, table).catch(() => undefined);
  return gauges;
};
