import type { Courier } from '../courier.ts';
import { addCounts, outcomeCounter } from './count-outcomes.ts';
import { expireLeases } from './expire-leases.ts';
import { readGauges } from './gauges.ts';
import { recoverLanes } from './recover-lanes.ts';
import type { RunOptions } from './run-options.ts';
import type { DueReport, Gauges, RunReport, Task } from './run-report.ts';
import { sweep } from './sweep.ts';
import { workLanes } from './work-lanes.ts';

/**
 * Tells how things stand, does what is due, and sweeps. The sweep only lists, for a share of the time, so that a backlog in
 * the lanes never keeps it waiting; what it found is sent by the same run.
 * @param tell called before any other work
 * @throws only when the table could not be read or written
 */
export const scheduledRun = async (
  tasks: readonly Task[],
  options: RunOptions,
  courier: Courier,
  tell: (gauges: Gauges) => void,
): Promise<RunReport> => {
  const gauges = await readGauges(courier);
  tell(gauges);
  const before = tasks.includes('due') ? await beforeLanes(options, courier) : undefined;
  const swept = tasks.includes('sweep') ? await sweep(options, courier, { startNow: tasks.length === 1 }) : undefined;
  const due = before && (await workAllLanes(before, options, courier));
  return { gauges, ...(due && { due }), ...(swept && { sweep: swept }) };
};

type BeforeLanes = Pick<DueReport, 'outcomes' | 'expired' | 'unreadable'> & { readonly openedLanes: readonly string[] };

const beforeLanes = async (options: RunOptions, courier: Courier): Promise<BeforeLanes> => {
  const { expired, unreadable } = await expireLeases(options, courier);
  const recovered = await recoverLanes(options, courier);
  const outcomes = outcomeCounter();
  for (const outcome of recovered.outcomes) outcomes.add(outcome);
  return {
    outcomes: outcomes.counts,
    expired,
    unreadable: unreadable + recovered.unreadable,
    openedLanes: recovered.opened,
  };
};

const workAllLanes = async (
  { openedLanes, ...before }: BeforeLanes,
  options: RunOptions,
  courier: Courier,
): Promise<DueReport> => {
  const worked = await workLanes(options, courier, openedLanes);
  return {
    ...before,
    ...worked,
    opened: openedLanes.length,
    outcomes: addCounts(before.outcomes, worked.outcomes),
    unreadable: before.unreadable + worked.unreadable,
  };
};
