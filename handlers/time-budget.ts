import type { Context } from 'aws-lambda';
import type { Clock } from '../lib/clock.ts';
import type { Settings } from '../lib/config/config.ts';
import { type Deadline, deadlineIn } from '../lib/deadline.ts';
import { minTimeToStartMs, parallelDeliveries, timeBesideKomboMs } from '../lib/limits.ts';
import type { RunOptions } from '../lib/runs/run-options.ts';

/** The moment at which Lambda ends the function. */
export const deadlineOf = (context: Pick<Context, 'getRemainingTimeInMillis'>, clock: Clock): Deadline =>
  deadlineIn(clock, context.getRemainingTimeInMillis());

/** Whether a delivery that starts now can still settle. Where the lease is shorter than the limit, the lease decides. */
export const canStart = (deadline: Deadline, { leaseMs }: Pick<Settings, 'leaseMs'>): boolean =>
  deadline.remainingMs() >= Math.min(minTimeToStartMs, leaseMs);

/** How many deliveries run concurrently, and until when one is started, for functions that work through a list. */
export const runOptions = ({ komboTimeoutMs }: Pick<Settings, 'komboTimeoutMs'>, deadline: Deadline): RunOptions => ({
  deadline,
  parallelism: parallelDeliveries,
  // Where the function timeout is hardly longer than one call, deliveries are started during the first half of it.
  worstCaseMs: Math.min(komboTimeoutMs + timeBesideKomboMs, deadline.remainingMs() / 2),
});
