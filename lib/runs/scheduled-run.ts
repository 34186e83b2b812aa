import type { Courier } from '../courier.ts';
import { type CanaryCourier, keepCanary } from './canary/keep-canary.ts';
import { addCounts, outcomeCounter } from './count-outcomes.ts';
import { type ExpiryReport, expireLeases } from './expire-leases.ts';
import { type RecoveryReport, recoverLanes } from './recover-lanes.ts';
import type { RunOptions } from './run-options.ts';
import type { DueReport, RunReport, Task } from './run-report.ts';
import { sweep } from './sweep.ts';
import { type LanesReport, workLanes } from './work-lanes.ts';

/**
 * Runs the sweep and sends what is due. The sweep only lists, for a share of the time, so that a backlog in the lanes
 * never delays it. The same run sends what the sweep found.
 * @throws only when the table could not be read or written
 */
export const scheduledRun = async (
  tasks: readonly Task[],
  options: RunOptions,
  courier: Courier & Pick<CanaryCourier, 'putObject'>,
): Promise<RunReport> => {
  const isDue = tasks.includes('due');
  if (isDue) await keepCanary(options.deadline.signal, courier);
  const leases = isDue ? await expireLeases(options, courier) : undefined;
  // Runs beside the other work, because a probe that hangs takes as long as a call may, and must not delay anything
  // else.
  const recovering = isDue ? recoverLanes(besideLanes(options), courier) : undefined;
  // Prevents an unhandled rejection if other work fails first. The error is thrown where the promise is awaited.
  recovering?.catch(() => undefined);
  const swept = tasks.includes('sweep') ? await sweep(options, courier, { startNow: tasks.length === 1 }) : undefined;
  const worked = isDue ? await workLanes(options, courier) : undefined;
  const recovered = await recovering;
  const opened =
    recovered && recovered.opened.length > 0 ? await workLanes(options, courier, recovered.opened) : undefined;
  const due = leases && worked && recovered && dueReport(leases, recovered, opened ? addLanes(worked, opened) : worked);
  return { ...(due && { due }), ...(swept && { sweep: swept }) };
};

const besideLanes = (options: RunOptions): RunOptions => ({
  ...options,
  parallelism: Math.max(1, Math.floor(options.parallelism / 2)),
});

const addLanes = (a: LanesReport, b: LanesReport): LanesReport => ({
  outcomes: addCounts(a.outcomes, b.outcomes),
  lanes: a.lanes + b.lanes,
  compared: a.compared + b.compared,
  found: a.found + b.found,
  // The second round counts what the first one left.
  left: b.left,
  lanesLeft: b.lanesLeft,
  unreadable: a.unreadable + b.unreadable,
});

const dueReport = (leases: ExpiryReport, recovered: RecoveryReport, worked: LanesReport): DueReport => {
  const probes = outcomeCounter();
  for (const outcome of recovered.outcomes) probes.add(outcome);
  return {
    ...worked,
    expired: leases.expired,
    opened: recovered.opened.length,
    outcomes: addCounts(probes.counts, worked.outcomes),
    unreadable: leases.unreadable + recovered.unreadable + worked.unreadable,
  };
};
