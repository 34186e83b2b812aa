import * as v from 'valibot';
import { deadlineWithin } from '../../../lib/deadline.ts';
import { runReserveMs, tellTimeMs } from '../../../lib/limits.ts';
import { tellAgain } from '../../../lib/operator/tell-again.ts';
import { action } from '../action.ts';
import { count } from '../answer/answer.ts';
import { fields } from '../fields.ts';

export const tell = action({
  name: 'tell',
  does: 'sends the outcome events since "since" again, after the pipe to your event bus was down',
  changes: true,
  example: { action: 'tell', since: '2026-11-01T10:00:00Z' },
  schema: v.strictObject({
    since: fields.since.schema,
    cursor: v.optional(fields.cursor.schema),
    reason: v.optional(fields.reason.schema),
  }),
  run: async ({ since, cursor }, courier) => {
    const { settings, clock } = courier;
    if (settings.outcomeBus === 'off') {
      const message =
        'Nothing was done: outcomeBus is off, so there is no pipe that could send events. Set the parameter outcomeBus, deploy, and repeat this request.';
      return { ok: false, message };
    }
    if (since > clock.now()) {
      const message = `Nothing was done: "since" is in the future; it is now ${iso(clock.now())}. It must be the time at which the pipe went down.`;
      return { ok: false, message };
    }
    const own = deadlineWithin(clock, courier.deadline, tellTimeMs + runReserveMs);
    const { told, unreadable, next } = await tellAgain(since, cursor, own, courier).finally(own.clear);
    const done = sentence(
      `${count(told, 'outcome')} since ${iso(since)} ${told === 1 ? 'was' : 'were'} sent again, each with a higher version.`,
    );
    const rest = next === undefined ? '' : ' Some records were not read yet: send the request in "next" to continue.';
    const trouble =
      unreadable === 0
        ? ''
        : ` ${count(unreadable, 'record')} could not be read, so their outcome was not sent; "status" lists those that need an operator.`;
    return {
      ok: next === undefined && unreadable === 0,
      message: `${done}${rest}${trouble}`,
      told,
      ...(unreadable > 0 && { unreadable }),
      ...(next !== undefined && { next: { action: 'tell', since: iso(since), cursor: next } }),
    };
  },
});

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const iso = (time: number): string => new Date(time).toISOString();
