import { dayMs, maxCounted } from '../limits.ts';
import type { RunCourier } from './run-options.ts';
import type { Gauges } from './run-report.ts';

/** @throws only when the table could not be read */
export const readGauges = async ({
  ledger,
  lanes,
  clock,
}: Pick<RunCourier, 'ledger' | 'lanes' | 'clock'>): Promise<Gauges> => {
  const now = clock.now();
  const sums = { waiting: 0, unknown: 0, paused: 0, read: 0 };
  let oldestAt = now;
  for (const part of ['paused', 'open'] as const) {
    for await (const { waiting, unknown, oldestAt: oldest } of lanes.directory(part)) {
      if (part === 'paused') sums.paused += 1;
      sums.waiting += waiting;
      sums.unknown += unknown;
      oldestAt = Math.min(oldestAt, oldest ?? now);
      sums.read += 1;
      if (sums.read >= maxCounted) break;
    }
  }
  return {
    held: await ledger.count('held'),
    rejectedLastDay: await ledger.count('rejected', now - dayMs),
    waiting: Math.min(maxCounted, sums.waiting),
    unknown: Math.min(maxCounted, sums.unknown),
    oldestWaitingMs: now - oldestAt,
    paused: sums.paused,
  };
};
