import { expireLease } from '../delivery/expire-lease.ts';
import { ledgerPageSize } from '../limits.ts';
import { inParallel } from '../parallel.ts';
import { fileFields, unreadableRecord } from '../telemetry/observe.ts';
import { hasTime, type RunCourier, type RunOptions } from './run-options.ts';

export interface ExpiryReport {
  readonly expired: number;
  readonly unreadable: number;
}

/**
 * Marks files as unknown whose function stopped without recording an outcome. Runs early, because it costs one write
 * per file, and makes the files visible to their lanes.
 * @throws only when the table could not be read or written
 */
export const expireLeases = async (options: RunOptions, courier: RunCourier): Promise<ExpiryReport> => {
  const { settings, ledger, log } = courier;
  const report = { expired: 0, unreadable: 0 };
  const mayStart = (): boolean => hasTime(options);
  await inParallel(ledger.work('lease', ledgerPageSize), options.parallelism, mayStart, async (known) => {
    if (!known.readable) {
      report.unreadable += 1;
      log.error(unreadableRecord, { ...fileFields(known.id, settings.keyTemplates), detail: known.reason });
      return;
    }
    if ((await expireLease(known.record, courier)) !== 'conflict') report.expired += 1;
  });
  return report;
};
