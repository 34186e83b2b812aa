import type { Context } from 'aws-lambda';
import type { Clock } from '../lib/clock.ts';
import type { Settings } from '../lib/config/config.ts';
import { type Deadline, deadlineIn } from '../lib/deadline.ts';
import { minTimeToStartMs, parallelDeliveries, timeBesideKomboMs } from '../lib/limits.ts';
import type { RunOptions } from '../lib/runs/run-options.ts';

/** When Lambda ends the function. */
export const deadlineOf = (context: Pick<Context, 'getRemainingTimeInMillis'>, clock: Clock): Deadline =>
  deadlineIn(clock, context.getRemainingTimeInMillis());

/**
 * Whether a delivery that starts now can still settle. If the lease is shorter than the minimum time, the lease
 * decides.
 */
export const canStart = (deadline: Deadline, { leaseMs }: Pick<Settings, 'leaseMs'>): boolean =>
  deadline.remainingMs() >= Math.min(minTimeToStartMs, leaseMs);

/** For functions that work through a list: how many deliveries run concurrently, and how late one may start. */
export const runOptions = ({ komboTimeoutMs }: Pick<Settings, 'komboTimeoutMs'>, deadline: Deadline): RunOptions => ({
  deadline,
  parallelism: parallelDeliveries,
  // If the function timeout is hardly longer than one call, deliveries start only during its first half.
  worstCaseMs: Math.min(komboTimeoutMs + timeBesideKomboMs, deadline.remainingMs() / 2),
});
