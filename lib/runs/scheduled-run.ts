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
 * Does what is due, and sweeps. The sweep only lists, for a share of the time, so that a backlog in the lanes never keeps it
 * waiting; what it found is sent by the same run.
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
  // Beside the other work: a probe that hangs takes as long as a call may, and must keep nothing else waiting.
  const recovering = isDue ? recoverLanes(besideLanes(options), courier) : undefined;
  // Its failure is thrown where it is awaited, also when the other work fails first.
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
  // The second round finds what the first has left.
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
