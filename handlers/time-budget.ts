import type { Context } from 'aws-lambda';
import type { Clock } from '../lib/clock.ts';
import { type Deadline, deadlineIn } from '../lib/deadline.ts';

/** The moment at which Lambda ends the function. */
export const deadlineOf = (context: Pick<Context, 'getRemainingTimeInMillis'>, clock: Clock): Deadline =>
  deadlineIn(clock, context.getRemainingTimeInMillis());
